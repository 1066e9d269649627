"""What all commands share: the context, options, errors and bulk changes."""

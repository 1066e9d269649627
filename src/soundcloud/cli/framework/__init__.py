"""The parts that all commands share: context, options, errors, bulk changes."""

// Types of soundcloud.js, which `soundcloud.web.SoundCloudRoutes` serves beside it.

/** An error response of the site, or a site that cannot be reached. An aborted request rejects with the reason of its signal instead. */
export class SoundCloudError extends Error {
  /** The HTTP status; 0 if the site cannot be reached. */
  readonly status: number;
  /** What went wrong, for a program; docs/web.md lists the values. */
  readonly code: string;
  constructor(message: string, status: number, code: string, cause?: unknown);
}

/** Options of a request. */
export interface RequestOptions {
  /** Aborts the request. */
  signal?: AbortSignal;
}

/** The parameters of a query. `null` and `undefined` are left out, and the values of an array are joined by commas. */
export type Query = Record<string, string | number | boolean | readonly (string | number)[] | null | undefined>;

/** The signed-in user. */
export interface User {
  urn: string;
  username: string;
  full_name: string | null;
  permalink: string | null;
  permalink_url: string | null;
  avatar_url: string | null;
  city: string | null;
  country: string | null;
  plan: string | null;
}

/** A page of a list. */
export interface Page<Item = unknown> {
  collection: Item[];
  /** The path of the next page on this site; null at the end. */
  next_href?: string | null;
}

/** The routes of this site. */
export interface Connection {
  /** Return the signed-in user, or null. Call it again when another tab may have signed in or out. */
  me(options?: RequestOptions): Promise<User | null>;
  /** Leave the page and sign in with SoundCloud. `next` is a path of this site to return to; default this page. */
  login(next?: string): void;
  /**
   * End the session: in this browser, or in all browsers with `everywhere`. `disconnect` also ends the access of this site to the
   * user's account.
   */
  logout(options?: RequestOptions & { everywhere?: boolean; disconnect?: boolean }): Promise<void>;
  /** Read an API path that the site allows, such as `/me/likes/tracks`; a `URL` is used as it is. */
  get<Data = unknown>(path: string | URL, query?: Query, options?: RequestOptions): Promise<Data>;
  /** Read a list page by page. */
  pages<Item = unknown>(path: string | URL, query?: Query, options?: RequestOptions): AsyncGenerator<Page<Item>, void, undefined>;
  /** Read the items of a list, and request further pages as needed. */
  items<Item = unknown>(path: string | URL, query?: Query, options?: RequestOptions): AsyncGenerator<Item, void, undefined>;
  /**
   * Send a request that changes something, with the CSRF token. `path` is a path of the routes such as `/likes/tracks/...`, or a
   * `URL` of this site. A plain object or an array is sent as JSON. Returns the JSON or the text of the response, or null.
   */
  send<Data = unknown>(method: string, path: string | URL, body?: object | BodyInit | null, options?: RequestOptions): Promise<Data>;
}

/** Connect to the routes at a URL or path of this site; default the folder that soundcloud.js was loaded from. */
export function connect(base?: string | URL): Connection;

/** The current sound of a player. It never contains the secret of a share link. */
export interface Sound {
  readonly id: number;
  readonly urn?: string;
  readonly title: string;
  /** Milliseconds. */
  readonly duration: number;
  readonly artwork_url?: string | null;
  readonly permalink_url?: string;
  readonly user: { readonly username?: string; readonly permalink_url?: string };
}

/** The state of a player. It is frozen; a change replaces it. */
export interface PlayerState {
  /** Whether the player has loaded. Commands wait until then. */
  readonly ready: boolean;
  readonly playing: boolean;
  /** Milliseconds. */
  readonly position: number;
  /** Milliseconds. */
  readonly duration: number;
  /** The position of the current sound in its list, from 0. */
  readonly index: number;
  readonly sound: Sound | null;
  /** From 0 to 100. */
  readonly volume: number;
}

/** What SoundCloud's player sends with an event about playback. */
export interface Progress {
  soundId: number;
  /** The loaded part, from 0 to 1. */
  loadedProgress: number;
  /** Milliseconds. */
  currentPosition: number;
  /** The played part, from 0 to 1. */
  relativePosition: number;
}

/** The events of a player, with SoundCloud's names, and `change`. */
export interface PlayerEvents {
  change: Event;
  ready: CustomEvent<null>;
  play: CustomEvent<Progress>;
  pause: CustomEvent<Progress>;
  finish: CustomEvent<Progress>;
  seek: CustomEvent<Progress>;
  playProgress: CustomEvent<Progress>;
  loadProgress: CustomEvent<Progress>;
  error: CustomEvent<unknown>;
  buyClicked: CustomEvent<unknown>;
  downloadClicked: CustomEvent<unknown>;
  sharePanelOpened: CustomEvent<unknown>;
}

/** The answers of a player. */
export interface PlayerAnswers {
  getVolume: number;
  getDuration: number;
  getPosition: number;
  /** As SoundCloud sends it: a private sound may contain the secret of its share link. */
  getSounds: unknown[];
  /** As SoundCloud sends it: a private sound may contain the secret of its share link. */
  getCurrentSound: unknown;
  getCurrentSoundIndex: number;
  isPaused: boolean;
}

/** Controls SoundCloud's player in an iframe. */
export class Player extends EventTarget {
  /** `frame` is an iframe with the URL of the player, such as `soundcloud.widget.player_url` returns. */
  constructor(frame: HTMLIFrameElement);
  readonly state: PlayerState;
  play(): void;
  pause(): void;
  toggle(): void;
  /** Play the next sound of a list. */
  next(): void;
  /** Play the previous sound of a list. */
  previous(): void;
  /** Play the sound at a position in the list, from 0. */
  skip(index: number): void;
  seek(milliseconds: number): void;
  /** Set the volume, from 0 to 100. */
  setVolume(percent: number): void;
  /** Replace the track or playlist. `url` is its URL, and `options` are settings of the player such as `auto_play`. */
  load(url: string, options?: Record<string, string | number | boolean>): void;
  /** Ask the player a question and return its answer; rejects when the player is closed. */
  ask<Question extends keyof PlayerAnswers>(question: Question): Promise<PlayerAnswers[Question]>;
  /** Stop listening to the player. Call it before the iframe is removed. */
  close(): void;
  addEventListener<Name extends keyof PlayerEvents>(
    type: Name,
    listener: (this: Player, event: PlayerEvents[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<Name extends keyof PlayerEvents>(
    type: Name,
    listener: (this: Player, event: PlayerEvents[Name]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | EventListenerOptions): void;
}

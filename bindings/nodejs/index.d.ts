/** Seals, signs, sends and opens encrypted ID-card OCR requests. */

export type ErrorKind =
  | 'input' | 'key' | 'credential' | 'signing' | 'transport' | 'throttled' | 'service' | 'protocol' | 'open' | 'provider' | 'bug';

/** What went wrong: the message says what happened and what to do. */
export class CardsealError extends Error {
  private constructor();
  readonly kind: ErrorKind;
  /** The service's own code, such as FailedOperation.ImageBlur. */
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  /** That of the command line. */
  readonly exitCode: number;
  /**
   * What a billed answer opened to that cannot be read: it has the right tag and is not JSON, or it is no card. It is
   * personal data, and no property of the error's own: what shows, copies or sends an error leaves it out.
   */
  readonly openedText: Buffer | undefined;
}

/** The service's public key, parsed and checked. The key chooses the suite. */
export class Recipient {
  private constructor();
  /** Takes the key in any form the service hands it out in. */
  static parse(key: Uint8Array): Recipient;
  readonly suite: 'AES-256-CBC' | 'SM4-GCM';
  /** Seals a request's body on another thread. */
  seal(plain: Uint8Array, options?: SealOptions): Promise<Sealed>;
  sealSync(plain: Uint8Array, options?: SealOptions): Sealed;
}

export interface SealOptions {
  /**
   * Where the body goes, so that many requests need the memory of one. It takes a third more room than what it is sealed
   * from, and a kilobyte; a RangeError tells where that is not there.
   */
  into?: Uint8Array;
}

export interface Sealed {
  /** The body to send, {"EncryptedBody":…,"Encryption":{…}} in UTF-8. */
  body: Buffer;
  opener: Opener;
}

/** What opens the answer to one request, once. It cannot be copied, cloned or shown. */
export class Opener {
  private constructor();
  /** Opens {"Response":{…}} or the inner object on another thread. The opener is used from now on, whatever happens. */
  open(reply: Uint8Array): Promise<Buffer>;
  openSync(reply: Uint8Array): Buffer;
  /** The opener as text, which is a key, for another process. The opener is used afterwards. */
  store(): Buffer;
  static restore(stored: Uint8Array): Opener;
}

export interface SignOptions {
  /** Such as tc3-hmac-sha256. */
  scheme: string;
  /** An HTTP/1.1 request as text. */
  request: Uint8Array;
  secretId: string;
  secretKey: string;
  /** A Date or Unix seconds; now where it is left out. */
  time?: Date | number;
  /** The scheme's own where they are left out. */
  signedHeaders?: string[];
}

export interface Signed {
  canonical_request: string;
  string_to_sign: string;
  signature: string;
  headers: Record<string, string>;
  /** Where the signature goes there. */
  query?: string;
  /** Where the signature goes there. */
  body?: string;
}

export function sign(options: SignOptions): Signed;

export interface RecognizeOptions {
  cloud: 'tencent' | 'ctyun' | 'huawei';
  /** The picture; or url. */
  image?: Uint8Array;
  url?: string;
  /** Tencent's public key as the service hands it out. */
  key?: Uint8Array;
  side?: 'front' | 'back';
  endpoint?: string;
  region?: string;
  /** Without these two the credentials come from the environment. */
  secretId?: string;
  secretKey?: string;
  token?: string;
  appKey?: string;
  projectId?: string;
  /** Milliseconds, retries included. */
  timeout?: number;
}

export interface Recognized {
  request_id: string;
  result: any;
  /** Of a sealed answer. */
  iv_reused?: boolean;
  /** Of a sealed answer. */
  authenticated?: boolean;
}

/** Recognises one ID card: seals, signs, sends, opens, on another thread. */
export function recognize(options: RecognizeOptions): Promise<Recognized>;

/** What proves who calls. It shows nothing. */
export class Credentials {
  constructor(parts: { secretId: string; secretKey: string; token?: string; appKey?: string });
  /** Those that a cloud's own programs would find, looked for when they are needed. */
  static ofEnvironment(cloud: 'tencent' | 'ctyun' | 'huawei'): Credentials;
}

export interface ClientOptions {
  cloud: 'tencent' | 'ctyun' | 'huawei';
  /** Without them they come from the environment. */
  credentials?: Credentials;
  endpoint?: string;
  region?: string;
  projectId?: string;
  /** Milliseconds of each call, retries included. */
  timeout?: number;
}

export interface Card {
  /** The picture; or url. */
  image?: Uint8Array;
  url?: string;
  side?: 'front' | 'back';
}

/** Recognises cards at one cloud, and keeps its connections between calls. */
export class Client {
  constructor(options: ClientOptions);
  /** Recognises one ID card. The recipient is Tencent's key; the other clouds take none. */
  recognize(recipient: Recipient | undefined, card: Card): Promise<Recognized>;
}

export interface Report {
  input: { format: string; width: number; height: number; bytes: number; orientation: number; metadata: string[] };
  output: { format: string; width: number; height: number; bytes: number; quality: number | null };
  changed: boolean;
}

/** Makes a picture fit for the services: upright, without metadata, in sRGB, small enough. On another thread. */
export function prepare(
  image: Uint8Array,
  limits?: { maxBytes?: number; maxSide?: number; quality?: number },
): Promise<{ image: Buffer; report: Report }>;

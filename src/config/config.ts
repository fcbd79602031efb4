// The configuration once read: every name resolved, every default filled in, every unit in the
// name. schema.ts makes it from YAML; nobody else does.

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** An address to listen on or to connect to: TCP, or a Unix socket's path. */
export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

export type TlsVerify = 'full' | 'ca' | 'none';

export type EnforcementMode = 'enforce' | 'shadow';

export interface MonitorConfig {
  readonly user: string;
  /** Names the environment variable that holds the password. */
  readonly passwordEnv?: string;
  /** Absolute path of a file whose first line is the password. */
  readonly passwordFile?: string;
}

export interface ServerConfig {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Empty: the server is only watched. */
  readonly listen: readonly ListenAddress[];
  readonly mode: EnforcementMode;
  readonly monitor: MonitorConfig;
  readonly tls: { readonly caFile?: string; readonly verify: TlsVerify };
  /** Absent: a PROXY header is neither expected nor sent. */
  readonly proxyProtocol?: ProxyProtocolConfig;
  readonly binlogDump: 'deny' | 'allow';
}

export interface ProxyProtocolConfig {
  /** Networks (CIDR) whose connections begin with a PROXY header. */
  readonly from: readonly string[];
  /** Whether Interlock sends one to the server. */
  readonly send: boolean;
}

export interface ReaderConfig {
  readonly server: string;
  readonly serverId?: number;
  readonly user?: string;
}

/** Where open requests and used tokens are kept. */
export type StorePlace = { readonly kind: 'file'; readonly file: string } | StoreServer;

/** A control database, which several Interlocks share. */
export interface StoreServer {
  readonly kind: 'server';
  /** Of one server, or of the members of one cluster. */
  readonly addresses: readonly HostPort[];
  readonly database: string;
  readonly user: string;
  readonly passwordEnv?: string;
  readonly passwordFile?: string;
  readonly tls: { readonly caFile?: string; readonly verify: TlsVerify };
  /** How long one look or change may take in all. */
  readonly deadlineMs: number;
  /** Where this Interlock remembers how far the store had come. */
  readonly marksFile: string;
}

export interface ApprovalsConfig {
  /** Absolute path of the folder, or the file, with the approvers' public keys. */
  readonly approversPath: string;
  readonly store: StorePlace;
  /** How long a request takes signatures. */
  readonly gatherMs: number;
  /** How long after the last signature it needed the statement may be run. */
  readonly executeMs: number;
  /** How long a batch may take from its first statement. */
  readonly batchMs: number;
  /** How long after a sealed key's signature the statement may be run. */
  readonly breakGlassMs: number;
  /** Open requests: the next one is refused, the old ones stay. */
  readonly openRequests: number;
  readonly openRequestsPerAccount: number;
}

export interface AdminConfig {
  readonly socket: string;
  readonly isDefault: boolean;
  /** Absent: nobody is answered over the network. */
  readonly network?: AdminNetworkConfig;
}

/** For approvers on their own machines, always over TLS. */
export interface AdminNetworkConfig {
  readonly listen: { readonly host: string; readonly port: number };
  /** Its own certificate; that of `tls` if absent. */
  readonly tls?: { readonly certificateFile: string; readonly keyFile: string };
  /** Names it answers to besides those of its certificate. */
  readonly hosts: readonly string[];
}

export interface Limits {
  /** Client connections, in all. */
  readonly connections: number;
  /** Of these, not yet logged in. */
  readonly unauthenticated: number;
  /** Of these, from one address. */
  readonly unauthenticatedPerAddress: number;
  readonly handshakeTimeoutMs: number;
  readonly statementBytes: number;
}

export interface Config {
  /** Absolute path of the file it came from; what is relative in it is relative to its folder. */
  readonly file: string;
  readonly servers: readonly ServerConfig[];
  /** Shipped sets by name, absolute paths of files or folders otherwise. */
  readonly rules: readonly (
    | { readonly kind: 'shipped'; readonly name: string }
    | { readonly kind: 'path'; readonly path: string }
  )[];
  readonly mode: EnforcementMode;
  readonly links: { readonly freshnessMs: number; readonly deadlineMs: number };
  readonly readers: readonly ReaderConfig[];
  readonly around: {
    /** Networks (CIDR) whose sessions are meant to go directly to the servers. */
    readonly expected: readonly string[];
  };
  readonly metrics: { readonly listen: ListenAddress; readonly isDefault: boolean };
  readonly admin: AdminConfig;
  /** `literals`: records show those of statements; secrets never. */
  readonly audit: { readonly file: string; readonly literals?: 'shown' };
  /** Absent: nobody can approve, and what needs approval is refused. */
  readonly approvals?: ApprovalsConfig;
  readonly tls: {
    readonly certificateFile?: string;
    readonly keyFile?: string;
    readonly require: boolean;
  };
  readonly workers: number;
  readonly limits: Limits;
}

/** One thing wrong in a file, with the place to look at. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly file: string;
  /** From 1; absent where the file itself is the trouble. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** The source line, for the pointer under it. */
  readonly excerpt?: string;
}

/** A value, or everything that is wrong with its source. */
export type Loaded<T> =
  | { readonly kind: 'loaded'; readonly value: T; readonly warnings: readonly Diagnostic[] }
  | { readonly kind: 'broken'; readonly errors: readonly Diagnostic[] };

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Lab } from './lab.ts';
import { collect, type Outcome, run, until } from './process.ts';
import { openRelay, type Relay } from './relay.ts';

export interface LoginPlan {
  /** Name to log in with; whatever it holds goes to sshd as it is. */
  readonly as: string;
  readonly by?: 'key' | 'certificate' | { readonly password: string };
  /** Further options of ssh, e.g. `-tt`. */
  readonly options?: readonly string[];
  readonly command?: string;
  readonly input?: string;
  /** Leaves the client's input open until the command ends. */
  readonly holdInput?: boolean;
}

/** A login that ended, and the local port it came from. */
export interface Login {
  readonly port: number;
  readonly outcome: Outcome;
}

/** Logs in, runs a command or a shell to its end, and waits for nothing else. */
export async function login(lab: Lab, plan: LoginPlan): Promise<Login> {
  const relay = await openRelay(lab.port);
  const [program = 'ssh', ...args] = sshCommand(lab, plan, relay);
  const { input, holdInput } = plan;
  try {
    return {
      port: relay.from,
      outcome: await run(program, args, { env: environment(plan), input, holdInput }),
    };
  } finally {
    relay.close();
  }
}

/** Transfers by sftp: `batch` holds its commands. */
export async function transfer(lab: Lab, as: string, batch: string): Promise<Login> {
  const relay = await openRelay(lab.port);
  const args = [...clientOptions(lab, 'key', relay), '-b', '-', `${as}@127.0.0.1`];
  try {
    return { port: relay.from, outcome: await run('sftp', args, { input: batch }) };
  } finally {
    relay.close();
  }
}

/** An ssh client that runs until it is ended, driven line by line. */
export interface Client {
  readonly port: number;
  /** Types a line and waits until the shell has run it; gives what was printed meanwhile. */
  run(line: string): Promise<string>;
  /** Waits for a shell's prompt. */
  prompt(): Promise<void>;
  /** Types a line that starts or leaves a shell within the shell, and waits for the next prompt. */
  enter(line: string): Promise<void>;
  /** Leaves the shell and waits for the end. */
  exit(): Promise<void>;
  /** Ends the client by a signal. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Waits for the end, where something else ends the session. */
  gone(): Promise<void>;
}

/** Logs in and stays. */
export async function open(lab: Lab, plan: LoginPlan): Promise<Client> {
  const relay = await openRelay(lab.port);
  const [program = 'ssh', ...args] = sshCommand(lab, plan, relay);
  const child = spawn(program, args, { env: { ...process.env, ...environment(plan) } });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  child.on('close', () => relay.close());
  child.stdin.on('error', () => {});
  let lines = 0;
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  const wait = async (what: string, probe: () => boolean) => {
    await until(`${what} of ${plan.as}`, () => ended() || probe());
    if (!probe()) throw new Error(`ssh for ${plan.as} ended before ${what}: ${stdout()}${stderr()}`);
  };
  const promptAfter = (from: number) => wait('a prompt', () => /[#$] $/.test(stdout().slice(from)));
  const gone = async () => void (await until(`the end of ssh for ${plan.as}`, ended));
  return {
    port: relay.from,
    run: async (line) => {
      const [from, mark] = [stdout().length, `done-${++lines}`];
      // Broken up, so that the terminal's echo of the line is not taken for its result.
      child.stdin.write(`${line}; echo do''ne-${lines}\n`);
      await wait(`the end of "${line}"`, () => stdout().includes(mark, from));
      return stdout().slice(from);
    },
    prompt: () => promptAfter(0),
    enter: async (line) => {
      const from = stdout().length;
      child.stdin.write(`${line}\n`);
      await promptAfter(from);
    },
    exit: async () => {
      child.stdin.end('exit\n');
      await gone();
    },
    kill: async (signal) => {
      // Sent again until it works: ssh 9.2 misses a SIGTERM that comes just before it begins to wait.
      await until(`the end of ssh for ${plan.as}`, () => ended() || !child.kill(signal));
    },
    gone,
  };
}

/**
 * Logs in with a terminal and waits until the log shows it and the shell prompts: a recorder that is still starting
 * may drop what is typed.
 */
export async function openShell(lab: Lab, as: string, options: readonly string[] = []): Promise<Client> {
  const client = await open(lab, { as, options: ['-tt', ...options] });
  await client.prompt();
  // A session on a shared connection has no login of its own.
  if (!options.includes('-S')) await logged(lab, `from 127.0.0.1 port ${client.port} ssh2`);
  return client;
}

/** Opens a connection without a session that others share, and waits until they can. */
export async function openMaster(lab: Lab, as: string, socket: string): Promise<Client> {
  const client = await open(lab, { as, options: ['-N', '-M', '-S', socket] });
  await until(`the shared connection of ${as}`, () => existsSync(socket));
  return client;
}

/** Waits until the log shows that the login from this port ended. */
export async function logout(lab: Lab, port: number): Promise<void> {
  const accepted = new RegExp(`sshd\\[(\\d+)\\]: Accepted .* port ${port} ssh2`);
  await until(`the end of the login from port ${port}`, () => {
    const log = lab.log();
    const pid = accepted.exec(log)?.[1];
    return pid !== undefined && log.includes(`sshd[${pid}]: pam_unix(sshd:session): session closed`);
  });
}

/** Waits until the log holds a line with the text. */
export async function logged(lab: Lab, text: string): Promise<void> {
  await until(`the log to say "${text}"`, () => lab.log().includes(text));
}

function sshCommand(lab: Lab, plan: LoginPlan, relay: Relay): string[] {
  const by = plan.by ?? 'key';
  const method = typeof by === 'string' ? by : 'password';
  const base = [
    'ssh',
    ...clientOptions(lab, method, relay),
    ...(plan.options ?? []),
    '-l',
    plan.as,
    '127.0.0.1',
  ];
  const command = plan.command === undefined ? base : [...base, plan.command];
  // The password goes by the environment: every account can read command lines.
  return method === 'password' ? ['sshpass', '-e', ...command] : command;
}

function environment({ by }: LoginPlan): Record<string, string> {
  return { TERM: 'dumb', ...(typeof by === 'object' ? { SSHPASS: by.password } : {}) };
}

function clientOptions(lab: Lab, method: 'key' | 'certificate' | 'password', { entry }: Relay): string[] {
  const settings = [
    `Port=${entry}`,
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    'IdentityAgent=none',
    'IdentitiesOnly=yes',
    ...(method === 'password'
      ? ['PubkeyAuthentication=no', 'NumberOfPasswordPrompts=1']
      : ['BatchMode=yes', `IdentityFile=${method === 'key' ? lab.keys.userKey : lab.keys.certifiedKey}`]),
  ];
  return ['-F', 'none', ...settings.flatMap((one) => ['-o', one])];
}

import { type Host, insideAddress, nextPid, outsideAddress, PRIVILEGED, TRIED } from './fleet.ts';
import type { World } from './world.ts';

/** One failed attempt to log in, as bots make them all day. Returns how many lines it will have. */
export function attempt(world: World, ms: number): number {
  const { random, options } = world;
  const host = random.pick(world.hosts);
  const bot = {
    host,
    ms,
    pid: nextPid(host, random),
    from: addressOf(world),
    port: random.between(1024, 65_000),
  };
  if (random.chance(options.traps)) return injected(world, bot);
  const kind = random.fraction();
  if (kind < 0.55) return unknownUser(world, bot);
  if (kind < 0.92) return wrongPassword(world, bot);
  return brokenConnection(world, bot);
}

interface Bot {
  readonly host: Host;
  readonly ms: number;
  readonly pid: number;
  readonly from: string;
  readonly port: number;
}

function addressOf({ random, bots }: World): string {
  return random.chance(0.8) ? random.pick(bots) : outsideAddress(random);
}

function say(world: World, bot: Bot, afterMs: number, message: string): void {
  const origin = { program: bot.host.program, pid: bot.pid };
  world.at(bot.ms + afterMs, () => world.log.write(bot.host, bot.ms + afterMs, origin, message));
}

function unknownUser(world: World, bot: Bot): number {
  const user = world.random.pick(TRIED);
  const place = `${bot.from} port ${bot.port}`;
  const failed = world.random.between(2_000, 3_500);
  say(world, bot, 0, `Invalid user ${user} from ${place}`);
  say(world, bot, 3, 'pam_unix(sshd:auth): check pass; user unknown');
  say(
    world,
    bot,
    4,
    `pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${bot.from} `,
  );
  say(world, bot, failed, `Failed password for invalid user ${user} from ${place} ssh2`);
  say(world, bot, failed + 300, `Connection closed by invalid user ${user} ${place} [preauth]`);
  return 5;
}

function wrongPassword(world: World, bot: Bot): number {
  const user = world.random.chance(0.85) ? 'root' : world.random.pick(PRIVILEGED);
  const place = `${bot.from} port ${bot.port}`;
  const failed = world.random.between(1_500, 3_000);
  say(
    world,
    bot,
    0,
    `pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${bot.from}  user=${user}`,
  );
  say(world, bot, failed, `Failed password for ${user} from ${place} ssh2`);
  if (world.random.chance(0.15))
    say(
      world,
      bot,
      failed + 90,
      `message repeated 2 times: [ Failed password for ${user} from ${place} ssh2]`,
    );
  say(world, bot, failed + 200, `Received disconnect from ${place}:11:  [preauth]`);
  say(world, bot, failed + 201, `Disconnected from authenticating user ${user} ${place} [preauth]`);
  return 4;
}

function brokenConnection(world: World, bot: Bot): number {
  const place = `${bot.from} port ${bot.port}`;
  const messages = [
    `Connection closed by ${place} [preauth]`,
    `Connection reset by ${place} [preauth]`,
    `banner exchange: Connection from ${place}: invalid format`,
    `Unable to negotiate with ${place}: no matching host key type found. Their offer: ssh-rsa,ssh-dss [preauth]`,
  ];
  say(world, bot, 0, world.random.pick(messages));
  return 1;
}

/** The attacker chooses the user name: it may read like a login that worked. */
function injected(world: World, bot: Bot): number {
  world.ledger.count('traps');
  const account = world.random.pick(PRIVILEGED);
  const login = `Accepted publickey for ${account} from ${insideAddress(world.random)} port 22 ssh2`;
  const name = world.random.chance(0.5) ? `x sshd[${world.random.between(1, 30_000)}]: ${login}` : login;
  const place = `${bot.from} port ${bot.port}`;
  say(world, bot, 0, `Invalid user ${name} from ${place}`);
  say(world, bot, 2_000, `Failed password for invalid user ${name} from ${place} ssh2`);
  say(world, bot, 2_100, `Connection closed by invalid user ${name} ${place} [preauth]`);
  return 3;
}

/** A cron job: PAM opens and closes a session for root that is no access. Returns its number of lines. */
export function cronJob(world: World, ms: number): number {
  const host = world.random.pick(world.hosts);
  const origin = { program: 'CRON', pid: nextPid(host, world.random) };
  const by = host.numbers ? 'root(uid=0) by (uid=0)' : 'root by (uid=0)';
  world.log.write(host, ms, origin, `pam_unix(cron:session): session opened for user ${by}`);
  world.at(ms + 60, () =>
    world.log.write(host, ms + 60, origin, 'pam_unix(cron:session): session closed for user root'),
  );
  return 2;
}

import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** First bytes that a server on a loopback port sends; asks again while nobody listens, for ten seconds. */
export async function readBanner(port: number): Promise<string> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const banner = await firstBytes(port);
    if (banner !== '') return banner;
    await sleep(50);
  }
  throw new Error(`nobody answered on port ${port}`);
}

function firstBytes(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('data', (bytes) => {
      resolve(bytes.toString('utf8'));
      socket.destroy();
    });
    socket.once('error', () => resolve(''));
    socket.once('close', () => resolve(''));
  });
}

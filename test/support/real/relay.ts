import { connect } from 'node:net';

// ssh's ProxyCommand: connects to HOST PORT from the local port FROM, so that a test knows the client's port
// without reading it in the log that it tests.
const [host = '', port, from] = process.argv.slice(2);
const socket = connect({ host, port: Number(port), localAddress: '127.0.0.1', localPort: Number(from) });
process.stdin.pipe(socket);
socket.pipe(process.stdout);
socket.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
socket.on('close', () => process.stdin.destroy());

import { openAws } from '../../src/aws/clients.ts';
import type { AwsConnection } from '../../src/aws/connection.ts';
import { toAwsProblem } from '../../src/aws/problem.ts';

// Says for each connection on the command line whose account its credentials speak for. A process of its own, because
// the SDK takes them from the environment.
async function accountOf(connection: AwsConnection): Promise<string> {
  const clients = openAws(connection, { maxAttempts: 1, retryMode: 'standard' });
  try {
    return await clients.accountId();
  } catch (error) {
    const { code, action } = toAwsProblem(error, 'sts:GetCallerIdentity');
    return `${code} ${action}`;
  } finally {
    clients.close();
  }
}

if (process.argv[2] === 'child') {
  const connections = JSON.parse(process.argv[3] ?? '[]') as AwsConnection[];
  console.log(JSON.stringify(await Promise.all(connections.map(accountOf))));
}

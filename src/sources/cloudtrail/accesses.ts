import { type Call, isCallRecord, succeeded, type TrailDraft } from './call.ts';
import { openTunnel, sendSerialConsoleSshPublicKey, sendSshPublicKey } from './connect.ts';
import { consoleLogin, switchRole } from './sign-in.ts';
import {
  executeCommand,
  resumeSession,
  sendCommand,
  startAutomation,
  startConnection,
  startSession,
  terminateSession,
} from './ssm.ts';
import { assumeRole, assumeRoot, getFederationToken, getSessionToken } from './sts.ts';

/** What a call means as an access or as a credential; nothing where it failed or is neither. */
export function parseAccess(call: Call): readonly TrailDraft[] {
  if (!isCallRecord(call) || !succeeded(call)) return [];
  const key = `${call.service}:${call.action}`;
  const read = Object.hasOwn(CALLS, key) ? CALLS[key] : undefined;
  return read === undefined ? rootUse(call, key) : read(call);
}

const CALLS: Readonly<Record<string, (call: Call) => readonly TrailDraft[]>> = {
  'ssm:StartSession': startSession,
  'ssm:ResumeSession': resumeSession,
  'ssm:TerminateSession': terminateSession,
  'ssm:SendCommand': sendCommand,
  'ssm:StartAutomationExecution': startAutomation,
  'ssm-guiconnect:StartConnection': startConnection,
  'ec2-instance-connect:SendSSHPublicKey': sendSshPublicKey,
  'ec2-instance-connect:SendSerialConsoleSSHPublicKey': sendSerialConsoleSshPublicKey,
  'ec2-instance-connect:OpenTunnel': openTunnel,
  'ecs:ExecuteCommand': executeCommand,
  'signin:ConsoleLogin': consoleLogin,
  'signin:SwitchRole': switchRole,
  'sts:AssumeRole': assumeRole,
  'sts:AssumeRoleWithSAML': assumeRole,
  'sts:AssumeRoleWithWebIdentity': assumeRole,
  'sts:AssumeRoot': assumeRoot,
  'sts:GetFederationToken': getFederationToken,
  'sts:GetSessionToken': getSessionToken,
};

// Steps before anybody is signed in; anyone who knows the address can cause them.
const BEFORE_SIGN_IN = /^signin:(?:CheckMfa|PasswordRecovery\w{0,32})$/;

/** Whatever the root user does is a use of the highest privilege there is, also where its sign-in was not seen. */
function rootUse({ caller, account }: Call, key: string): readonly TrailDraft[] {
  if (caller.type !== 'Root' || caller.isService || BEFORE_SIGN_IN.test(key)) return [];
  return [{ kind: 'access.use', path: 'api-role', account: caller.name, target: account }];
}

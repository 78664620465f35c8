// Builders of trail records and of what they come wrapped in.
export * from './cloudtrail/record.ts';
export * from './cloudtrail/names.ts';
export * from './cloudtrail/ids.ts';
export * from './cloudtrail/call.ts';
export * from './cloudtrail/callers.ts';
export * from './cloudtrail/sessions.ts';
export * from './cloudtrail/keys.ts';
export * from './cloudtrail/roles.ts';
export * from './cloudtrail/controls.ts';
export * from './cloudtrail/wrap.ts';

// Names that the made-up records share.

export const ACCOUNT = '111122223333';
export const REGION = 'eu-central-1';
export const TIME = '2026-11-22T10:00:00Z';
/** How AWS blanks a field. */
export const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

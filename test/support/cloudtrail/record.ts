export type TrailRecord = Readonly<Record<string, unknown>>;

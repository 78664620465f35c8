/** `ecs:CLUSTER_TASK_RUNTIME`: names of clusters have at most 255 characters, task ids 32 hex digits or, before 2018, a UUID. */
const ECS_TARGET = /^ecs:([A-Za-z0-9_-]{1,255})_([0-9a-f-]{32,36})_[A-Za-z0-9-]{1,64}$/;

/** A container of ECS as `CLUSTER/TASK`; null for every other target. */
export function parseContainer(target: string): string | null {
  if (target.length > 400) return null;
  const [, cluster, task] = ECS_TARGET.exec(target) ?? [];
  return cluster === undefined || task === undefined ? null : `${cluster}/${task}`;
}

import type { PrincipalKind } from './access.ts';
import type { EvidenceClass } from './recording.ts';

export interface Target {
  readonly id: string;
  readonly kind: 'host' | 'cloud' | 'cluster' | 'database';
  readonly aliases: readonly string[];
  readonly addresses: readonly string[];
  readonly tier: string | null;
  readonly owner: string | null;
  /** Recorder that should record accesses here; null where none is expected. */
  readonly recorder: string | null;
  readonly evidence: EvidenceClass | null;
}

export interface Principal {
  readonly id: string;
  readonly kind: PrincipalKind;
  /** Login names on targets; `name` everywhere or `name@target`. */
  readonly aliases: readonly string[];
  /** Key fingerprints, `SHA256:…`. */
  readonly keys: readonly string[];
  /** Certificate key ids; a trailing `*` matches any rest. */
  readonly certificates: readonly string[];
  /** Epoch ms; null means no bound. */
  readonly validFrom: number | null;
  readonly validUntil: number | null;
}

export interface Inventory {
  readonly targets: readonly Target[];
  readonly principals: readonly Principal[];
}

import type { Verdict } from '../model/access.ts';

/**
 * Where an access stands in time. `young`: a recording may still begin. `open`: open beyond the start grace.
 * `endless`: no end was seen within the longest wait. `settling`: ended, its recording may still be
 * completed. `storing`: it may still be stored. `closed`: ended, nothing more is due.
 */
export type Phase = 'young' | 'open' | 'endless' | 'settling' | 'storing' | 'closed';

/**
 * What covers it. `none`: nothing was found where everything was looked at. `blind`: nothing was found, but a
 * source or recorder that would have told could not be read. `doubt`: a recording fits several accesses.
 * `sound`: complete and enough. `unfinished`: so far only faults that an open recording has anyway. `damaged`:
 * faults that time does not heal. `hopeless`: nothing could record this (a tunnel), or the recorder denies it.
 */
export type Cover = 'none' | 'blind' | 'doubt' | 'sound' | 'unfinished' | 'damaged' | 'hopeless';

/** Total: every phase with every cover has its verdict. Doubt never leads to `recorded`. */
export const VERDICTS: Readonly<Record<Phase, Readonly<Record<Cover, Verdict>>>> = {
  young: {
    none: 'pending',
    blind: 'pending',
    doubt: 'pending',
    sound: 'pending',
    unfinished: 'pending',
    damaged: 'inadequate',
    hopeless: 'unrecorded',
  },
  open: {
    none: 'unrecorded',
    blind: 'undetermined',
    doubt: 'undetermined',
    sound: 'pending',
    unfinished: 'pending',
    damaged: 'inadequate',
    hopeless: 'unrecorded',
  },
  endless: {
    none: 'unrecorded',
    blind: 'undetermined',
    doubt: 'undetermined',
    sound: 'recorded',
    unfinished: 'inadequate',
    damaged: 'inadequate',
    hopeless: 'unrecorded',
  },
  settling: {
    none: 'unrecorded',
    blind: 'undetermined',
    doubt: 'undetermined',
    sound: 'pending',
    unfinished: 'pending',
    damaged: 'inadequate',
    hopeless: 'unrecorded',
  },
  storing: {
    none: 'unrecorded',
    blind: 'undetermined',
    doubt: 'undetermined',
    sound: 'recorded',
    unfinished: 'pending',
    damaged: 'inadequate',
    hopeless: 'unrecorded',
  },
  closed: {
    none: 'unrecorded',
    blind: 'undetermined',
    doubt: 'undetermined',
    sound: 'recorded',
    unfinished: 'inadequate',
    damaged: 'inadequate',
    hopeless: 'unrecorded',
  },
};

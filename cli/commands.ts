import { check } from './check.ts'
import type { CommandDefinition } from './command.ts'
import { fuzz } from './fuzz.ts'
import { init } from './init.ts'
import { load } from './load.ts'
import { mutants } from './mutants.ts'
import { replay } from './replay.ts'
import { requirements } from './requirements.ts'
import { run } from './run.ts'
import { serve } from './serve.ts'
import { start } from './start.ts'

/** Every command, in the order in which help lists them. */
export const commands: readonly CommandDefinition[] = [
  start,
  init,
  run,
  check,
  fuzz,
  load,
  replay,
  serve,
  mutants,
  requirements,
]

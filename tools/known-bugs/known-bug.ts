import type { Requirement } from '../../core/spec/document.ts'
import type { NonEmpty } from '../../core/verdict.ts'
import type { TargetSettings } from '../../harness/target/settings.ts'

/** A published bug of somebody's package, in the versions that have it and have it no more. */
export interface KnownBug {
  /** `CVE-2020-5300`, or the GHSA id where there is none, or the release where it has no number at all. */
  readonly id: string
  /** As its registry names it. */
  readonly package: string
  readonly registry: Registry
  /** A version that has the bug, and one that has it no more. */
  readonly wrong: string
  readonly right: string
  /** One clause: what the wrong version does. */
  readonly bug: string
  /** What a run on the wrong version must find at least one of, and a run on the right version none of. */
  readonly shows: NonEmpty<Requirement>
  /** The units that look for this class of bugs: ids or folders, as `--only` takes them. Classes of tests, never one for a package. */
  readonly only: NonEmpty<string>
  /** Puts the version into a folder of its own below `cache`, where it is not there from an earlier run. */
  prepare(version: string, cache: string): Promise<void>
  /** Starts it on a loopback port. */
  start(version: string, cache: string): Promise<Deployment>
}

export type Registry = 'npm' | 'go' | 'pypi' | 'maven'

/** A version that is up. */
export interface Deployment {
  /** What a target file would say of it. */
  readonly settings: TargetSettings
  close(): Promise<void>
}

import { HarnessError } from '../harness/error.ts'
import { printable } from '../harness/printable.ts'
import type { Screen } from '../harness/reports/terminal.ts'
import type { ExitCode } from './exit-codes.ts'

/** What a command has of the world around it. */
export interface Io {
  readonly out: Screen
  readonly error: Screen
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** One option: how it is written, what it does, and what becomes of its text. */
export interface Option<T> {
  /** As commander has it: `--seed <number>`. */
  readonly flags: string
  readonly describe: string
  readonly initial: T
  /** Absent for a flag, which takes no value. */
  read?(text: string, before: T): T
  /** The values that it takes, where they are few enough to be named. */
  readonly choices?: readonly string[]
  /** What help says in the place of the initial value. */
  readonly initially?: string
}

export type Options = Readonly<Record<string, Option<unknown>>>

export type Values<O extends Options> = { readonly [Name in keyof O]: O[Name] extends Option<infer T> ? T : never }

export interface Argument {
  /** As it stands in the usage: `target`. */
  readonly name: string
  readonly describe: string
  readonly required: boolean
  /** Whether several may be named; one unless said. */
  readonly many?: boolean
}

export interface Example {
  readonly command: string
  readonly does: string
}

export interface Invocation<O extends Options> {
  readonly argument: string | undefined
  /** All that were named, where there may be several; the first of them is the argument. */
  readonly arguments: readonly string[]
  readonly options: Values<O>
  readonly io: Io
}

/** A command as a value: its help, its completion and its page in the documentation are renderings of it. */
export interface CommandDefinition<O extends Options = Options> {
  readonly name: string
  /** What it does, as a clause without a subject: it stands in the list of commands. */
  readonly summary: string
  /** What else is worth knowing, in a few sentences. */
  readonly description?: string
  readonly argument?: Argument
  readonly options: O
  readonly examples: readonly [Example, ...Example[]]
  /** What is called by one more word; any other word is the argument. */
  readonly subcommands?: readonly CommandDefinition[]
  run(invocation: Invocation<O>): Promise<ExitCode>
}

/** These commands and what is below them, each with the words that call it. */
export const withSubcommands = (
  definitions: readonly CommandDefinition[],
  before: readonly string[] = [],
): readonly { readonly words: readonly string[]; readonly definition: CommandDefinition }[] =>
  definitions.flatMap((definition) => {
    const words = [...before, definition.name]
    return [{ words, definition }, ...withSubcommands(definition.subcommands ?? [], words)]
  })

/** A command with the types of its options forgotten, as the program handles it. */
export const command = <const O extends Options>(definition: CommandDefinition<O>): CommandDefinition => definition

/** An option that is there or not. */
export const flag = (flags: string, describe: string): Option<boolean> => ({ flags, describe, initial: false })

/** An option that takes something away which is there otherwise: `--no-preflight`. */
export const unless = (flags: string, describe: string): Option<boolean> => ({ flags, describe, initial: true })

/** An option with any text. */
export const text = (flags: string, describe: string): Option<string | undefined> => ({
  flags,
  describe,
  initial: undefined,
  read: (value) => value,
})

/** An option with a text that is there even where it is not named. */
export const textOr = (flags: string, describe: string, initial: string): Option<string> => ({
  flags,
  describe,
  initial,
  read: (value) => value,
})

interface Bounds {
  readonly atLeast: number
  readonly atMost: number
}

/** An option with a whole number. */
export const whole = (flags: string, describe: string, bounds: Bounds): Option<number | undefined> => ({
  flags,
  describe,
  initial: undefined,
  read: (value) => readWhole(flags, value, bounds),
})

/** An option with a whole number that is there even where it is not named. */
export const wholeOr = (flags: string, describe: string, bounds: Bounds, initial: number): Option<number> => ({
  flags,
  describe,
  initial,
  read: (value) => readWhole(flags, value, bounds),
})

/** An option with a number, fractions allowed. */
export const measure = (flags: string, describe: string, { atLeast, atMost }: Bounds): Option<number | undefined> => ({
  flags,
  describe,
  initial: undefined,
  read: (value) => {
    const number = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : Number.NaN
    if (number >= atLeast && number <= atMost) return number
    throw misread(flags, value, `write a number from ${atLeast} to ${atMost}`)
  },
})

/** An option with a number that is there even where it is not named. */
export const measureOr = (flags: string, describe: string, bounds: Bounds, initial: number): Option<number> => ({
  ...measure(flags, describe, bounds),
  initial,
  read: (value, before) => measure(flags, describe, bounds).read?.(value, before) ?? initial,
})

/** Milliseconds in each unit of a span of time. */
const units = { h: 3_600_000, m: 60_000, s: 1000 } as const

/** An option with a span of time, in milliseconds: `90s`, `5m`, `1h30m`. */
export const period = (flags: string, describe: string): Option<number | undefined> => ({
  flags,
  describe,
  initial: undefined,
  read: (value) => {
    const parts = /^(?=\d)(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s)?$/.exec(value)
    const [, hours = 0, minutes = 0, seconds = 0] = (parts ?? []).map((part) => Number(part ?? 0))
    const milliseconds = hours * units.h + minutes * units.m + seconds * units.s
    if (milliseconds > 0) return milliseconds
    throw misread(flags, value, 'write a time like 90s, 5m or 1h30m')
  },
})

/** One part of work that is divided among several. */
export interface Share {
  /** From 0. */
  readonly index: number
  readonly of: number
}

/** An option with a part of the work, written `2/4`. */
export const share = (flags: string, describe: string): Option<Share | undefined> => ({
  flags,
  describe,
  initial: undefined,
  read: (value) => {
    const [, index = 0, of = 0] = (/^(\d{1,3})\/(\d{1,3})$/.exec(value) ?? []).map(Number)
    if (index >= 1 && index <= of) return { index: index - 1, of }
    throw misread(flags, value, 'write the part and how many there are: 1/2')
  },
})

/** An option that may be named more than once, or once with several values between commas. */
export const list = (flags: string, describe: string): Option<readonly string[]> => ({
  flags,
  describe,
  initial: [],
  read: (value, before) => [...before, ...parts(flags, value)],
})

/** A list whose values are known; all of them unless some are named. */
export const listOf = <T extends string>(
  flags: string,
  describe: string,
  choices: readonly T[],
): Option<readonly T[]> => ({
  flags,
  describe,
  initial: [],
  choices,
  initially: 'all',
  read: (value, before) => [...before, ...parts(flags, value).map((part) => chosen(flags, part, choices))],
})

/** An option with one of a few values. */
export const choice = <T extends string>(
  flags: string,
  describe: string,
  choices: readonly T[],
): Option<T | undefined> => ({
  flags,
  describe,
  initial: undefined,
  choices,
  read: (value) => {
    const found = choices.find((one) => one === value)
    if (found === undefined) throw misread(flags, value, `write one of ${choices.join(', ')}`)
    return found
  },
})

/** An option with one of a few values, one of which it has even where it is not named. */
export const choiceOr = <T extends string>(
  flags: string,
  describe: string,
  choices: readonly T[],
  initial: T,
): Option<T> => ({
  ...choice(flags, describe, choices),
  initial,
  read: (value, before) => choice(flags, describe, choices).read?.(value, before) ?? initial,
})

function parts(flags: string, value: string): readonly string[] {
  const named = value.split(',').filter((part) => part !== '')
  if (named.length === 0) throw misread(flags, '', 'name one or more, with commas between, or leave it out')
  return named
}

function chosen<T extends string>(flags: string, part: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === part)
  if (found === undefined) throw misread(flags, part, `write some of ${choices.join(', ')}, with commas between`)
  return found
}

function readWhole(flags: string, value: string, { atLeast, atMost }: Bounds): number {
  const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN
  if (number >= atLeast && number <= atMost) return number
  throw misread(flags, value, `write a whole number from ${atLeast} to ${atMost}`)
}

const misread = (flags: string, value: string, hint: string) =>
  new HarnessError('USAGE', `${flags} cannot be ${value === '' ? 'empty' : printable(value)}`, { hint })

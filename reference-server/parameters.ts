/** The parameters of a query or form as they came: in order, repeated ones included, empty ones too. */
export type RawParams = readonly (readonly [name: string, value: string])[]

/** The parameters that a request is judged by: each once, none empty. */
export type Params = ReadonlyMap<string, string>

export const readParams = (text: string): RawParams => [...new URLSearchParams(text)]

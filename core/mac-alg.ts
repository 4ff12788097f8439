/** What the MACs of assertions are made by (RFC 7518 §3.2). */
export const macAlgs = ['HS256', 'HS384', 'HS512'] as const

export type MacAlg = (typeof macAlgs)[number]

export const isMacAlg = (alg: unknown): alg is MacAlg => macAlgs.some((one) => one === alg)

/** A type that only its own parser or maker hands out. Costs nothing at run time. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }

declare const brand: unique symbol

/** What a program said last, for a sentence. */
export const lastLine = (text: string): string => text.trim().split('\n').at(-1) || 'it said nothing'

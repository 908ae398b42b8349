/** English: the ring test, hiding, the name of the page, what this phone carries. */
export const care = {
  ring: 'Will this phone ring?',
  ringNow: 'Ring my phone now',
  rung: 'It rang. Was it loud enough? If not: turn the volume up and silence off.',
  silent:
    'The browser let no sound out. Touch the page once and try again; look whether sound is turned off for this page.',
  ringHint:
    'It rings for an alarm only while Tocsin is open and unlocked. When it is closed, only a call reaches you.',
  hide: 'Hide quickly',
  hideText: 'The eye at the top shows a month of shifts at once and locks everything.',
  hideHonest: 'Hides from a look over the shoulder. Does not fool an examination.',
  name: 'What this page calls itself in the browser',
  nameHint: 'In the list of open pages and in what the browser remembers.',
  plain: 'Each screen by its own name',
  light: 'Travel light',
  lightHint: 'This phone forgets what was said after so long. The others keep it as agreed.',
  asAgreed: 'As agreed',
  noted: 'Noted.',
  files: 'My data as files',
  filesText: 'What you said, raised, answered and decided, and the rules you agreed to.',
  filesWarning: 'A file is not locked: whoever has it reads it. Keep it where nobody else looks.',
  filesAll: 'What the others said, too. Ask them first.',
  filesMake: 'Make the files',
  readable: 'To read (text)',
  machine: 'For programs (JSON)',
  print: 'Print',
}

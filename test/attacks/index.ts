/**
 * The attacks of protocol.md section 10 that tests play, by number, and what the attacker wants of each. Whatever proves one names its number in its title, wherever it stands:
 * "attack 7: ...". Not here: what takes people, a memory dump or a network (26 to 30), push (32), and who serves the code (35).
 */
export const ATTACKS: Readonly<Record<number, string>> = {
  1: 'to go on reading after one removal, with the keys of the device that was removed',
  2: 'to shut out one member, some or all by a commit whose path opens for the others only',
  3: 'to shut everybody out by a commit whose confirmation tag fits nobody, and to make somebody believe that they were removed',
  4: 'to put a member out without asking the others, and to have at least the victim believe it',
  5: 'to use a decision again: after it was carried out, in another group, under another charter, too late',
  6: 'to decide alone, with several devices of one seat',
  7: 'to smuggle something in beside what was decided',
  8: 'to put renewals of keys, made in advance, one after another in front of a removal',
  9: 'to be first with a commit each time, so that a removal never comes',
  10: 'to fill a log just before a removal, or the next one before anybody is there',
  11: 'to carry out what was decided in a way that nobody can follow',
  12: 'to lead somebody who is stuck into a branch where the infiltrators are among themselves',
  13: 'to keep the others busy with requests to be taken in again',
  14: 'to undo commits as a minority, or as friends of somebody who was removed',
  15: 'to make two members judge one signature differently',
  16: 'to make members disagree because their clocks do',
  17: 'to split a committee whose members have different versions',
  18: 'to show two halves of a committee two histories, both of them confirmed',
  19: 'to lie as a relay: roll back, leave out, repeat, swap, and refuse what it should take',
  20: 'to open a log with a proof that was made for another connection or relay',
  21: 'to join in the place of somebody whose code was photographed, or by trying until the words fit',
  22: 'to let a newcomer into a committee in which the inviter plays everybody else',
  23: 'to strand a newcomer in an epoch that was voided',
  24: 'to have one state used twice: a restored copy, two processes, death in the middle of a write',
  25: 'to have a device lose what it stored, without its owner losing the seat',
  31: 'to read or disturb what goes on after a removal, with everything a relay keeps for 45 days',
  33: 'to use an unlocked phone: to link a device, to vote, to reach another committee',
  34: 'to cut off the phones of others, again and again',
}

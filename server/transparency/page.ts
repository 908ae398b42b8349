/**
 * What the operator's page says beside its tables (tables.ts): what is in memory only, what never exists, what the files
 * under the database keep, what others see. Who changes what a relay keeps changes it here, or a test fails.
 */
import { type Block, list, type Page, type Section, text } from './document.ts'
import { WHAT_IT_STORES } from './summary.ts'
import { tableBlocks } from './tables.ts'

const WRITTEN: readonly Block[] = [
  text(
    'This is every table and every column; a test of the release compares this page with the tables that it makes. A day is',
    'a whole number of days since 1970 in UTC. Nothing in these tables is finer than a day.',
  ),
  ...tableBlocks(),
]

const UNDERNEATH: readonly Block[] = [
  text('A database keeps more than its tables. What Postgres has on its disk besides them:'),
  list(
    '**Write-ahead log** (`pg_wal`). Before a change is acknowledged it stands here, and with every transaction its time to the microsecond: this is the one place where a disk says when something was written, and which entries were written together. It names no person and no connection. The relay has it closed and thrown away after every hour in which something was written, so that it reaches back an hour or so and not for days. (On a Postgres server that the operator runs elsewhere this needs two rights and one setting, which docker/INSTALL.md names.)',
    '**Order on the disk.** Rows lie roughly in the order in which they were written, across all logs, until they are moved or dropped.',
    '**Statistics** (`pg_stat`). For each table and index as a whole: rows written and read, and when it was last used and last cleaned up. Nothing per log.',
    '**Dates of files.** The file system notes when each file was last changed: when somebody last wrote anything at all.',
    '**Temporary files.** Only while a query runs that does not fit into memory; the relay asks no such question.',
    '**What was dropped.** The bytes of entries whose day is over leave with the file that they stood in. A file system, a flash disk, a snapshot or a backup made by somebody else may still have old blocks: keep the database on an encrypted volume, and take no snapshots of it.',
  ),
]

const IN_MEMORY: readonly Block[] = [
  text(
    'While the relay runs it knows more than it writes down. All of it is gone when the process ends, and most of it sooner:',
  ),
  list(
    'the open connections, each with the logs that it has opened and how far it has been sent what it watches: while the connection is open;',
    'the newest entries of logs that are being watched, sealed as they are;',
    'how many connections, logs and entries came lately: one counter for all, one for each log key and each open connection, and one for each network address, (IPv6: for each /64), of which only a hash under a random salt is held; the salt is thrown away after an hour, and what was counted under it at most an hour later;',
    'the keys of the relay and the admission secrets.',
  ),
  text(
    'A copy of the memory of a running relay therefore shows who is connected right now and to which logs. The addresses of',
    'open connections are known to the operating system of every server on the Internet; this relay cannot change that.',
  ),
]

const NEVER: readonly Block[] = [
  text('Not in a file, not in a log line, not in a metric, at no log level:'),
  list(
    'network addresses, user agents, or any other header;',
    'the time of an entry, but for one that waits: until when, in the table `deposits`, until it is over;',
    'which connection did what;',
    'who has read what, and how far;',
    'addresses for push messages;',
    'which log follows which, or belongs with which;',
    'accounts, names, passwords, e-mail addresses, telephone numbers: they do not exist;',
    'keys that open entries.',
  ),
]

const SAID: readonly Block[] = [
  text(
    'The log of the relay says that it started and ended, what it swept, how much there is of everything, and where its own',
    'program failed: numbers and fixed words. It never names a log, an address, a key or the size of one entry. The metrics, if',
    'the operator switches them on, are a few totals for the whole relay, and only the same machine can read them. Postgres is told to log',
    'no statement and no row. The proxy that comes with the relay writes no access log.',
  ),
]

const OTHERS: readonly Block[] = [
  list(
    '**The network and the hoster** see that an address talks to this host, when, and how much. They can write it down; whether they do is not up to the relay. Members who use Tor or a VPN are hidden from both.',
    '**The proxy that ends TLS** (Caddy, or one of your own, or a provider in front of it) sees the same, and for every connection which logs it opens, writes and reads, in sealed form. Switch its access log off, and do not put a company in front of the relay that keeps one.',
    '**Through the onion service** the relay sees no addresses at all.',
    '**An operator who wants to** can change the program and record from that moment on: addresses, times, sizes, and which connection reads and writes which log. Not one word of what is written. That nobody can see from outside whether an operator does is a reason to run a relay with people you trust.',
  ),
]

const DEMANDED: readonly Block[] = [
  text(
    'What can be handed over is what stands in the tables and files above, and nothing else, because there is nothing else:',
  ),
  list(
    'how many logs there are, how large each is, on which day it was last written;',
    'for a log that they name already: that it exists or not, and its sealed entries, at most 45 days old;',
    'the keys of the relay. With these somebody can pretend to be this relay. They open no entry.',
  ),
  text('What cannot be handed over, because it is not there:'),
  list(
    'what was written, by whom, from where, at what time;',
    'who belongs to a committee, how many they are, or which logs are theirs;',
    'anything older than the lives above.',
  ),
  text(
    'Deleting what somebody has already demanded can be punishable. Nothing has to be deleted here: it ends by itself. Ask a',
    'lawyer before you answer, and before you sign that you will record from now on.',
  ),
]

const DUTIES: readonly Block[] = [
  text('For this page to be true, whoever runs a relay does the following:'),
  list(
    'access logs off in every proxy, and no body and header logging;',
    'no archive of the write-ahead log, no replica and no snapshot that keeps for longer than the relay does;',
    'no backup of the database: `tocsin-relay backup` saves the keys and settings, which is all that may be put back;',
    'the database on an encrypted volume, whose key is typed when the machine starts;',
    'nothing beside the relay that records connections: no packet capture, no firewall log of accepted connections.',
  ),
]

const SECTIONS: readonly Section[] = [
  { title: 'What is written down', blocks: WRITTEN },
  { title: 'What lies underneath', blocks: UNDERNEATH },
  { title: 'What is in memory only', blocks: IN_MEMORY },
  { title: 'What never exists', blocks: NEVER },
  { title: 'What it says', blocks: SAID },
  { title: 'What others see', blocks: OTHERS },
  { title: 'If somebody demands data', blocks: DEMANDED },
  { title: 'What the operator has to do', blocks: DUTIES },
]

export const OPERATORS_PAGE: Page = {
  title: 'What this relay knows',
  lead: [
    'A Tocsin relay keeps sealed logs in order for committees and cannot read them. This page is for whoever runs one, for whoever uses one, and for whoever demands data from one. The same text stands in the source as TRANSPARENCY.md and on every relay at `/operator`.',
    WHAT_IT_STORES.join(' '),
  ],
  sections: SECTIONS,
}

/** Which room may import which. Read top to bottom: what is low knows nothing of what is high. */
const only = (name, from, to) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { pathNot: [...to, '^node_modules/(@types/node|typescript)/'] },
})
const door = (library, rooms) => ({
  name: `door-${rooms[0].replaceAll('/', '-')}`,
  severity: 'error',
  from: { pathNot: [...rooms.map((room) => `^${room}`), '^test/'] },
  to: { path: `^node_modules/(${library})/` },
})

module.exports = {
  forbidden: [
    only('base-imports-nothing', '^shared/base/', ['^shared/base/']),
    only('crypto', '^shared/crypto/', ['^shared/(base|crypto)/', '^node_modules/libsodium']),
    only('protocol', '^shared/protocol/', ['^shared/(base|crypto|protocol)/']),
    only('bell', '^shared/bell/', ['^shared/(base|bell|crypto)/']),
    only('release', '^shared/release/', ['^shared/(base|release)/']),
    only('server', '^server/', ['^server/', '^shared/', '^node_modules/', '^node:', '^[a-z/_]+$']),
    only('relay', '^server/relay/', ['^shared/', '^server/relay/']),
    only('store', '^server/store/', [
      '^shared/',
      '^server/store/',
      '^server/relay/ports',
      '^node_modules/(drizzle-orm|postgres)/',
    ]),
    {
      name: 'bell-and-relay-are-strangers',
      severity: 'error',
      comment: 'Who holds push endpoints knows no logs, and the other way round.',
      from: { path: '^server/bell/' },
      to: { path: '^server/', pathNot: '^server/(bell|embedded)/' },
    },
    {
      name: 'relay-knows-no-bell',
      severity: 'error',
      from: { path: '^(server|client/core/relay)/', pathNot: '^server/bell/' },
      to: { path: '^(server|shared)/bell/' },
    },
    {
      name: 'blind-relay',
      severity: 'error',
      comment: 'A relay that cannot import the group cannot read it.',
      from: { path: '^server/' },
      to: { path: '^(client/|node_modules/ts-mls/)', reachable: true },
    },
    {
      name: 'shared-holds-no-keys',
      severity: 'error',
      comment: 'Whoever holds keys lives under client/.',
      from: { path: '^shared/' },
      to: { path: '^(client|server)/' },
    },
    only('core-crypto', '^client/core/crypto/', [
      '^shared/(base|crypto)/',
      '^client/core/crypto/',
      '^node_modules/libsodium',
    ]),
    only('core-mls', '^client/core/mls/', [
      '^shared/(base|crypto)/',
      '^client/core/(crypto|mls)/',
      '^node_modules/ts-mls/',
    ]),
    only('core-content', '^client/core/committee/', [
      '^shared/(base|crypto)/',
      '^client/core/committee/',
      '^client/core/city/',
      '^node_modules/valibot/',
    ]),
    only('core-city', '^client/core/city/', [
      '^shared/',
      '^client/core/city/',
      '^client/core/crypto/',
      '^client/core/governance/ids',
      '^client/core/relay/relay[.]ts',
    ]),
    only('core', '^client/core/', [
      '^shared/',
      '^client/core/',
      '^node_modules/(valibot|libsodium-wrappers|libsodium-wrappers-sumo|libsodium-sumo|ts-mls|@scure/bip39)/',
    ]),
    {
      name: 'client-not-to-server',
      severity: 'error',
      from: { path: '^client/' },
      to: { path: '^server/' },
    },
    {
      name: 'cli-and-web-are-strangers',
      severity: 'error',
      from: { path: '^client/(cli|web)/' },
      to: { path: '^client/(cli|web)/', pathNot: '^client/$1/' },
    },
    { name: 'nobody-imports-tests', severity: 'error', from: { pathNot: '^test/' }, to: { path: '^test/' } },
    {
      name: 'nobody-imports-main',
      severity: 'error',
      from: { pathNot: '^(client/cli/tocsin|server/tocsinRelay)[.]mjs$' },
      to: { path: '/main[.]ts$' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    door('libsodium-wrappers|libsodium-wrappers-sumo|libsodium-sumo', [
      'shared/crypto/',
      'client/core/crypto/',
    ]),
    door('ts-mls', ['client/core/mls/']),
    door('drizzle-orm|postgres', ['server/store/', 'server/bell/']),
    door('pino', ['server/log.ts']),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
}

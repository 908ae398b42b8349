#!/bin/sh
# Run once, by the Postgres image, when the database is made: an account for the relay that owns its database and may do
# nothing to the server but close a segment of the write-ahead log (TRANSPARENCY.md). Nobody logs in as superuser from outside.
set -eu
psql --quiet --no-psqlrc -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
\getenv password POSTGRES_PASSWORD
create role tocsin login password :'password';
alter database tocsin owner to tocsin;
alter schema public owner to tocsin;
grant pg_checkpoint to tocsin;
grant execute on function pg_switch_wal() to tocsin;
revoke connect on database postgres, template1 from public;
alter role postgres password null;
SQL

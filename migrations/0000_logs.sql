-- The relay's three tables: what protocol.md section 5 lists, and nothing else. No time of day, no address, no person.
CREATE TABLE "logs" (
	"id" "bytea" PRIMARY KEY NOT NULL,
	"policy" "bytea" NOT NULL,
	"head" integer NOT NULL,
	"chain" "bytea" NOT NULL,
	"bytes" bigint NOT NULL,
	"last_day" integer NOT NULL
) WITH (fillfactor = 50);
--> statement-breakpoint
-- Without a day of expiry, "blob" is the 32-byte SHA-256 of a blob whose life is over (SPEC E4).
CREATE TABLE "entries" (
	"log" "bytea" NOT NULL,
	"seq" integer NOT NULL,
	"blob" "bytea" NOT NULL,
	"expiry_day" integer,
	"writer" smallint,
	"wsig" "bytea",
	CONSTRAINT "entries_log_seq_pk" PRIMARY KEY("log","seq")
);
--> statement-breakpoint
-- Sealed bytes do not compress: store them as they are.
ALTER TABLE "entries" ALTER COLUMN "blob" SET STORAGE EXTERNAL;
--> statement-breakpoint
CREATE INDEX "entries_expiry_day" ON "entries" USING btree ("expiry_day") WHERE "expiry_day" is not null;
--> statement-breakpoint
CREATE TABLE "relay" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL CHECK ("only"),
	"signing_seed" "bytea" NOT NULL,
	"static_secret" "bytea" NOT NULL,
	"admission" "bytea" NOT NULL,
	"previous_admission" "bytea",
	"admission_day" integer NOT NULL
);

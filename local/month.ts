import { readFileSync } from 'node:fs';

/** What a month costs in Azure, in the units that Azure bills. docs/costs.md shows the table and names the sources. */

/** The defaults of infra/main.bicep. */
const MEMORY_GB = 2;
const ALWAYS_READY = 2;

const SECONDS = 30 * 24 * 3600;
/** The timer fires every ten seconds, and Azure bills at least a second each time. */
const TICKS = SECONDS / 10;
const MINIMUM_SECONDS = 1;
/** The availability test asks every five minutes. */
const HEALTH_CHECKS = SECONDS / 300;

/** The outage of the example, with four shards. */
export const OUTAGE = { people: 10_000, callsPerPerson: 1.4, minutesPerCall: 0.75, hours: 5 };
const OUTAGE_SECONDS = OUTAGE.hours * 3600;

/**
 * Measured on the Functions host with `maxPollingInterval` 100 ms: an idle listener sends its queue this many requests a second.
 * One listener is always ready, that of `playAudio`; during an outage those of the six other queues run too.
 */
const POLLS_PER_SECOND = 9.7;
const IDLE_POLLS = SECONDS * POLLS_PER_SECOND;
const BUSY_POLLS = OUTAGE_SECONDS * POLLS_PER_SECOND * 6;

/** An item of telemetry, measured on the Functions host: 1.5 KB. */
const ITEM_GB = 1.5 / 1024 ** 2;
/**
 * A row that a resource writes to Log Analytics, assumed: 1.2 KB. `infra/` keeps one for each request to tables; for each write to blobs,
 * which are the host's leases (assumed: one in ten seconds); and for what ACS does.
 */
const ROW_GB = 1.2 / 1024 ** 2;

/** A request and three log lines of the host. */
const ITEMS_PER_EXECUTION = 4;

const CALLS = OUTAGE.people * OUTAGE.callsPerPerson;
const BUSY_TICKS = OUTAGE.hours * 360;
/** Of one call. `playAudio` and the events run on instances that are always ready. The host receives and deletes each message. */
const CALL = { events: 8, plays: 2, otherMessages: 3, tableRequests: 24, sends: 6, spans: 15, requestsToAcs: 5 };
const MESSAGES = CALL.plays + CALL.otherMessages;
const EXECUTIONS = CALLS * (CALL.events + MESSAGES);
const IDLE_TABLE_REQUESTS = TICKS * 3 + HEALTH_CHECKS * 2;
const BUSY_TABLE_REQUESTS = CALLS * CALL.tableRequests + BUSY_TICKS * 10;
const HOST_LEASES = TICKS;
const ACS_ROWS = CALLS * (CALL.events + CALL.requestsToAcs + CALL.plays);

type Line = {
  readonly unit: string;
  /** US dollars for one unit, assumed. */
  readonly price: number;
  /** Units in a month without an outage. */
  readonly idle: number;
  /** Units that the outage adds. Upper bounds: each execution is billed by itself, though many share an instance. */
  readonly outage: number;
};

function linesOfMonth(): Line[] {
  const alertRules = readFileSync('infra/modules/monitoring.bicep', 'utf8').split("query: '''").length - 1;
  const gbSeconds = MEMORY_GB * MINIMUM_SECONDS;
  const logs = (executions: number, spans: number) => (executions * ITEMS_PER_EXECUTION + spans) * ITEM_GB;
  return [
    {
      unit: 'GB-s of instances that are always ready',
      price: 0.000004,
      idle: ALWAYS_READY * MEMORY_GB * SECONDS,
      outage: 0,
    },
    {
      unit: 'GB-s of executions on them',
      price: 0.000016,
      idle: HEALTH_CHECKS * gbSeconds,
      outage: CALLS * (CALL.events + CALL.plays) * gbSeconds,
    },
    {
      unit: 'GB-s of executions on demand',
      price: 0.000026,
      idle: TICKS * gbSeconds,
      outage: CALLS * CALL.otherMessages * gbSeconds,
    },
    { unit: 'million executions', price: 0.4, idle: (TICKS + HEALTH_CHECKS) / 1e6, outage: EXECUTIONS / 1e6 },
    {
      unit: '10,000 requests to tables',
      price: 0.00036,
      idle: IDLE_TABLE_REQUESTS / 1e4,
      outage: BUSY_TABLE_REQUESTS / 1e4,
    },
    {
      unit: '10,000 requests to queues',
      price: 0.004,
      idle: IDLE_POLLS / 1e4,
      outage: (CALLS * (CALL.sends + 2 * MESSAGES) + BUSY_POLLS) / 1e4,
    },
    {
      unit: 'GB of telemetry',
      price: 2.3,
      idle: logs(TICKS + HEALTH_CHECKS, 0),
      outage: logs(EXECUTIONS, CALLS * CALL.spans),
    },
    {
      unit: 'GB of logs of resources',
      price: 2.3,
      idle: (IDLE_TABLE_REQUESTS + HOST_LEASES) * ROW_GB,
      outage: (BUSY_TABLE_REQUESTS + ACS_ROWS) * ROW_GB,
    },
    { unit: 'alert rule, every five minutes', price: 1.5, idle: alertRules, outage: 0 },
    { unit: 'alert rule on a metric', price: 0.1, idle: 1, outage: 0 },
    { unit: 'availability test, every five minutes', price: 0.0005, idle: HEALTH_CHECKS, outage: 0 },
    { unit: 'phone number', price: 1, idle: 1, outage: 0 },
    { unit: 'minute of a call', price: 0.013, idle: 0, outage: CALLS * OUTAGE.minutesPerCall },
  ];
}

/** The table of docs/costs.md. */
export function monthTable(): string {
  const lines = linesOfMonth();
  const rows = lines.map(({ unit, price, idle, outage }) => [
    unit,
    `$${price}`,
    ...[idle, idle + outage].flatMap((amount) => [number(amount), dollars(amount * price)]),
  ]);
  const sum = (amount: (line: Line) => number) =>
    dollars(lines.reduce((all, line) => all + amount(line) * line.price, 0));
  const cells = [
    ['unit', 'price of one', 'without an outage', 'costs', 'with an outage', 'costs'],
    ['---', '---:', '---:', '---:', '---:', '---:'],
    ...rows,
    ['**in all**', '', '', `**${sum(({ idle }) => idle)}**`, '', `**${sum(({ idle, outage }) => idle + outage)}**`],
  ];
  return cells.map((row) => `| ${row.join(' | ')} |\n`).join('');
}

const number = (amount: number): string =>
  amount.toLocaleString('en', { maximumFractionDigits: amount < 1000 ? 1 : 0 });
const dollars = (amount: number): string => `$${amount.toFixed(2)}`;

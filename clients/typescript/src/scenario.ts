// What a device and its owner do in a day, against a running server: enrol, send, ask how it went, and look at what it cost. Whatever the document
// says otherwise than the server answers is an error here, of the compiler or of one of the assertions.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { ingestClient, type IngestClient, type Schemas } from "./client.js";

type Same<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;

/** The value, which does not compile where the document tells more of its type than this, or less. */
const told = <Expected>() => <Told>(value: Told, ..._: Same<Told, Expected> extends true ? [] : [never]): Told => value;

/** The answer, where the server gave one as the document has it. */
const given = <T>(answer: { data?: T; error?: unknown; response: Response }): T => {
  assert.ok(answer.data !== undefined, `${answer.response.url} was answered ${answer.response.status}: ${JSON.stringify(answer.error)}`);
  return answer.data;
};

/** The UTC day, the same to the end even where it turns meanwhile. */
const today = new Date().toISOString().slice(0, 10);

/** A device of the key's owner, and a key of its own. */
async function enrol(address: string, manager: IngestClient): Promise<{ device: string; workspace: string; client: IngestClient }> {
  const me = given(await manager.GET("/v1/whoami"));
  const made = given(await manager.POST("/v1/enrolments", { body: { user_id: me.user_id, label: "typescript", minutes: 5 } }));
  assert.equal(told<"open" | "redeemed" | "expired" | "revoked">()(made.enrolment.state), "open");
  assert.equal(told<string | null>()(made.enrolment.redeemed_at), null);

  const redeemed = given(await ingestClient(address).POST("/v1/enroll", { body: { code: made.code } }));
  assert.equal(redeemed.workspace_id, me.workspace_id);
  assert.match(redeemed.cloud_toml, /^\[cloud\]$/m);

  const again = await ingestClient(address).POST("/v1/enroll", { body: { code: made.code } });
  assert.equal(again.error?.code, "code_spent");
  return { device: redeemed.device_id, workspace: redeemed.workspace_id, client: ingestClient(address, redeemed.key) };
}

function envelope(device: string, workspace: string, session: string): Schemas["Envelope"] {
  const now = new Date().toISOString();
  return {
    schema_version: 4,
    device_id: device,
    workspace_id: workspace,
    label: "typescript",
    synced_at: now,
    payload: {
      daily_rollups: [
        {
          bucket_day: today, role: "assistant", provider: "claude_code", model: "claude-sonnet-4-5", repo_id: "github.com/acme/storefront",
          git_branch: "feature/PAY-1284", surface: "terminal", ticket: "PAY-1284", ticket_source: "branch", message_count: 7, input_tokens: 2100,
          output_tokens: 800, cache_creation_tokens: 5, cache_read_tokens: 6400, cost_cents_ingested: 18.5, cost_cents_effective: 18.2501,
        },
        {
          bucket_day: today, role: "user", provider: "claude_code", model: "(untagged)", repo_id: "github.com/acme/storefront", git_branch: "main",
          message_count: 3, input_tokens: 0, output_tokens: 0, cache_creation_tokens: 0, cache_read_tokens: 0, cost_cents: 0,
        },
      ],
      session_summaries: [
        {
          session_id: session, provider: "claude_code", started_at: now, ended_at: now, message_count: 7, total_input_tokens: 2100, total_output_tokens: 800,
          total_cost_cents: 18.2501, title: "Retry webhooks", vital_context_drag_state: "green", vital_context_drag_metric: 0.25, vital_overall_state: "yellow",
        },
      ],
      window_summaries: [
        {
          started_at: now, ended_at: now, duration_minutes: 300, is_active: true, hit_rate_limit: true, message_count: 7, input_tokens: 2100,
          output_tokens: 800, cache_creation_tokens: 5, cache_read_tokens: 6400, cost_cents: 18.2501, burn_rate_cents_per_minute: 0.0608, provider: "claude_code",
        },
      ],
    },
  };
}

async function send(client: IngestClient, body: Schemas["Envelope"]): Promise<void> {
  const stored = given(await client.POST("/v1/ingest", { body }));
  assert.equal(stored.accepted, true);
  assert.equal(told<number>()(stored.records_upserted), 4);
  assert.deepEqual(told<string[]>()(stored.providers_seen), ["claude_code"]);
  assert.match(told<string | null>()(stored.watermark) ?? "", /^\d{4}-\d{2}-\d{2}$/);
  assert.equal(given(await client.POST("/v1/ingest", { body })).rows.unchanged, 4);

  const refused = await client.POST("/v1/ingest", { body: { ...body, workspace_id: "ws_of_somebody_else" } });
  assert.equal(refused.error?.code, "workspace_mismatch");
}

async function lookAtStatus(client: IngestClient, device: string): Promise<void> {
  const status = given(await client.GET("/v1/ingest/status", { params: { query: { device_id: device } } }));
  assert.equal(told<number>()(status.total_rollup_records), 2);
  assert.equal(status.label, "typescript");
  assert.equal(told<Schemas["SyncState"]>()(status.health.state), "healthy");

  const unknown = await client.GET("/v1/ingest/status", { params: { query: { device_id: randomUUID() } } });
  assert.equal(unknown.response.status, 404);
  assert.equal(unknown.error?.code, "device_not_found");
}

async function lookAtUsage(client: IngestClient, device: string): Promise<void> {
  const usage = given(await client.GET("/v1/usage", { params: { query: { by: "model", device_id: [device], compare: "previous" } } }));
  assert.equal(told<number>()(usage.totals.cost_cents_effective), 18.2501);
  assert.equal(told<number>()(usage.totals.message_count), 10);
  const models = usage.groups.map((group): [string | null, number] => [group.keys[0]?.value ?? null, group.input_tokens]);
  assert.deepEqual(models, [["claude-sonnet-4-5", 2100], ["(untagged)", 0]]);
  assert.equal(usage.previous?.message_count, 0);

  const table = await client.GET("/v1/usage", { params: { query: { by: "day", format: "csv" } }, parseAs: "text" });
  assert.ok(String(table.data).includes(today));
}

async function lookAtSessions(client: IngestClient, device: string, session: string): Promise<void> {
  const page = given(await client.GET("/v1/sessions", { params: { query: { device_id: [device], provider: ["claude_code", "codex"], limit: 1 } } }));
  const [first] = page.sessions;
  assert.ok(first !== undefined);
  assert.equal(told<string>()(first.session_id), session);
  assert.equal(told<string | null>()(first.device.label), "typescript");
  assert.equal(told<string | null>()(page.next_cursor), null);

  const one = given(await client.GET("/v1/session", { params: { query: { device_id: device, session_id: session } } }));
  const { context_drag: judged, thrashing: unjudged } = one.vitals;
  assert.deepEqual([told<"green" | "yellow" | "red" | null>()(judged.state), told<number | null>()(judged.metric)], ["green", 0.25]);
  assert.deepEqual([unjudged.state, unjudged.metric], [null, null]);
  assert.deepEqual([one.vital_overall_state, told<string | null>()(one.title)], ["yellow", "Retry webhooks"]);
  assert.equal(told<number>()(one.total_cost_cents), 18.2501);

  const windows = given(await client.GET("/v1/windows", { params: { query: { device_id: [device], hit_rate_limit: true } } })).windows;
  assert.deepEqual(windows.map((window) => told<number>()(window.burn_rate_cents_per_minute)), [0.0608]);
}

const { INGEST_ADDRESS: address, INGEST_KEY: key } = process.env;
assert.ok(address && key, "INGEST_ADDRESS and INGEST_KEY say where the server is, and who asks: somebody who may let devices in");
const person = ingestClient(address, key);
const { device, workspace, client } = await enrol(address, person);
const session = `scenario/${randomUUID()}`;
await send(client, envelope(device, workspace, session));
await lookAtStatus(client, device);
assert.equal((await client.GET("/v1/usage")).error?.code, "scope_missing", "a device's key only sends");
await lookAtUsage(person, device);
await lookAtSessions(person, device, session);
console.log(`${device}: enrolled, sent, and read again`);

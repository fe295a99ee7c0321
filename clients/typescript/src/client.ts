import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./generated/api.js";

/** The shapes of the API by the names of its document. */
export type Schemas = components["schemas"];

/** Some answers can be had as a table or a file, too: for those say `parseAs: "text"`. */
type Json = "application/json" | "application/problem+json";

/** Every address of the API, with its parameters, bodies and answers. */
export type IngestClient = Client<paths, Json>;

/**
 * @param address Of the server, as `https://ingest.example.com`.
 * @param key As an enrolment or `ingest key create` gave it; none for what is open to who has a code.
 */
export const ingestClient = (address: string, key?: string): IngestClient =>
  createClient<paths, Json>({ baseUrl: address, ...(key === undefined ? {} : { headers: { Authorization: `Bearer ${key}` } }) });

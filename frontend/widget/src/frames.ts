/** Frames of a visitor's socket, as `inbox/webchat/frames.py` has them. */

export interface PageSeen {
  url: string;
  title: string;
  referrer: string;
}

export interface Identity {
  external_id?: string;
  hash?: string;
  jwt?: string;
  name?: string;
  email?: string;
  phone?: string;
}

export type FormValues = Record<string, string | boolean>;

export interface FileItem {
  name: string;
  mime: string;
  kind: string;
  size_bytes: number | null;
  url: string | null;
}

export interface Item {
  id: string;
  place: number;
  author: "visitor" | "agent" | "automatic";
  name: string;
  text: string;
  files: FileItem[];
  at: string;
  edited: boolean;
  deleted: boolean;
  client_msg_id: string | null;
}

/** A message on its way. `files` are the references that the upload gave. */
export interface Queued {
  id: string;
  text: string;
  files: { file: string; name: string }[];
  form: FormValues | null;
  at: number;
}

export interface Status {
  type: "status";
  open: boolean;
  until: string | null;
  form: "" | "pre_chat" | "offline";
  server_time: string;
}

export type ServerFrame =
  | { type: "message" | "message_updated" | "message_deleted"; seq: number; item: Item }
  | { type: "ready"; seq: number; read_up_to_seq: number; token: string | null; verified: boolean }
  | { type: "reset"; seq: number; items: Item[]; more: boolean }
  | { type: "ack"; client_msg_id: string; id: string; seq: number; created_at: string }
  | Status
  | { type: "typing"; on: boolean; ttl_seconds: number }
  | { type: "read"; up_to_seq: number }
  | { type: "agent_joined"; name: string }
  | { type: "identified"; token: string | null; verified: boolean }
  | ServerError
  | { type: "pong" };

export interface ServerError {
  type: "error";
  code: string;
  detail: string;
  client_msg_id: string | null;
  retry_after_seconds: number | null;
  fields: Record<string, string>;
}

export type ClientFrame =
  | { type: "auth"; token: string; last_seq: number; language: string; page: PageSeen | null }
  | {
      type: "message";
      client_msg_id: string;
      text: string;
      files: string[];
      form: FormValues | null;
      page: PageSeen | null;
    }
  | { type: "edit"; client_msg_id: string; text: string }
  | { type: "delete"; client_msg_id: string }
  | { type: "typing"; on: boolean }
  | { type: "delivered" | "read"; up_to_seq: number }
  | ({ type: "identify" } & Identity)
  | ({ type: "page" } & PageSeen)
  | { type: "ping" };

/** Why the server closed. */
export const CLOSED = { token: 4401, refused: 4403, flood: 4429 } as const;

export interface FormField {
  name: string;
  type: "name" | "email" | "phone" | "text" | "select" | "checkbox";
  label: string | Record<string, string>;
  required: boolean;
  options: string[];
  version: string;
}

export interface Config {
  channel: string;
  name: string;
  colour: string;
  languages: string[];
  greeting: string | Record<string, string>;
  quick_replies: string[] | Record<string, string[]>;
  offline_text: string | Record<string, string>;
  reply_seconds: number | null;
  privacy_url: string;
  form: FormField[];
  open: boolean;
  until: string | null;
  text_limit: number;
  files: { max_bytes: number; types: string[] };
}

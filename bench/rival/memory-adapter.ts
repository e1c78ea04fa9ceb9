type Payload = Record<string, unknown>;

const records = new Map<string, Payload>();
const membersOfGrant = new Map<string, Set<string>>();
const sessionOfUid = new Map<string, string>();

/**
 * What node-oidc-provider stores, in memory. The adapter that comes with it forgets all but the last thousand records
 * and walks all tokens of a grant whenever one is added; this one keeps everything and walks nothing.
 */
export class MemoryAdapter {
  readonly #model: string;

  constructor(model: string) {
    this.#model = model;
  }

  async upsert(id: string, payload: Payload): Promise<void> {
    const key = `${this.#model}:${id}`;
    records.set(key, payload);
    if (this.#model === 'Session') sessionOfUid.set(payload['uid'] as string, id);
    const grantId = payload['grantId'] as string | undefined;
    if (grantId === undefined) return;
    const members = membersOfGrant.get(grantId);
    if (members) members.add(key);
    else membersOfGrant.set(grantId, new Set([key]));
  }

  async find(id: string): Promise<Payload | undefined> {
    return records.get(`${this.#model}:${id}`);
  }

  async findByUid(uid: string): Promise<Payload | undefined> {
    return this.find(sessionOfUid.get(uid) ?? '');
  }

  async findByUserCode(): Promise<undefined> {}

  async consume(id: string): Promise<void> {
    const record = records.get(`${this.#model}:${id}`);
    if (record) record['consumed'] = Math.floor(Date.now() / 1000);
  }

  async destroy(id: string): Promise<void> {
    records.delete(`${this.#model}:${id}`);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const key of membersOfGrant.get(grantId) ?? []) records.delete(key);
    membersOfGrant.delete(grantId);
  }
}

import assert from 'node:assert/strict';
import type { Id } from '../../server/base/ids.ts';
import { findIdentity } from '../../server/store/identities.ts';
import type { TestApp } from '../support/test-app.ts';
import { type Place, Traveller } from '../support/traveller.ts';

/** An identity provider in Postern, as far as these tests look at it. */
export interface ProviderView {
  readonly id: string;
  readonly redirect_uri: string;
  readonly last_error: string | null;
}

/** A user in Postern, as far as these tests look at it. */
export interface UserView {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: string;
  readonly locale: string;
  readonly claims: Record<string, unknown>;
}

/** Postern, whose people sign in by an identity provider. */
export class ReliesOn {
  readonly #app: TestApp;
  readonly id: string;

  constructor(app: TestApp, { id }: Pick<ProviderView, 'id'>) {
    this.#app = app;
    this.id = id;
  }

  /** Goes to the provider as the button on the sign-in page does, and where that leads. */
  begin(traveller = new Traveller(), query = ''): Promise<Place> {
    return traveller.open(`${this.#app.url}/login/with/${this.id}?return_to=/account${query}`);
  }

  /** That somebody is signed in, by the page that they are on. */
  isIn(place: Place): void {
    const where = `${place.url.href} (${place.status}): ${place.html.slice(0, 3000)}`;
    assert.equal(place.url.origin + place.url.pathname, `${this.#app.url}/account`, where);
  }

  async user(email: string): Promise<UserView | undefined> {
    const path = `/users?search=${encodeURIComponent(email)}`;
    const { data } = await this.#app.admin.must<{ data: UserView[] }>('GET', path);
    return data.find((user) => user.email === email);
  }

  /** Whom the provider means by what it calls them. */
  async meant(subject: string): Promise<string | undefined> {
    const { db } = this.#app.services;
    return (await findIdentity(db, this.#app.instance.id, this.id as Id, subject))?.userId;
  }

  change(fields: object): Promise<ProviderView> {
    return this.#app.admin.must('PATCH', `/identity-providers/${this.id}`, fields);
  }

  async lastError(): Promise<string | null> {
    return (await this.#app.admin.must<ProviderView>('GET', `/identity-providers/${this.id}`)).last_error;
  }
}

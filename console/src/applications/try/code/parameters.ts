import type { MessageKey } from '../../../intl/messages.ts';

/** What the parameters of an authorization request mean. */
export const requestParameters: Record<string, MessageKey> = {
  response_type: 'try.parameter_response_type',
  client_id: 'try.parameter_client_id',
  redirect_uri: 'try.parameter_redirect_uri',
  scope: 'try.parameter_scope',
  resource: 'try.parameter_resource',
  state: 'try.parameter_state',
  code_challenge: 'try.parameter_code_challenge',
  code_challenge_method: 'try.parameter_code_challenge_method',
  nonce: 'try.parameter_nonce',
  prompt: 'try.parameter_prompt',
};

/** What the parameters of its answer mean. */
export const answerParameters: Record<string, MessageKey> = {
  code: 'try.answer_code',
  state: 'try.answer_state',
  iss: 'try.answer_iss',
  domain: 'try.answer_domain',
  lane: 'try.answer_lane',
  error: 'try.answer_error',
  error_description: 'try.answer_error_description',
};

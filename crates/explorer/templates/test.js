// Looks at every answer of this collection: a refusal comes with HTTP status 200, too.
pm.test('HTTP 200', () => pm.expect(pm.response.code).to.equal(200));
pm.test('no Response.Error', () => {
  const answer = (pm.response.json() || {}).Response;
  pm.expect(answer, 'Response').to.be.an('object');
  const refusal = answer.Error;
  if (!refusal) {
    return;
  }
  const body = String((pm.request.body && pm.request.body.raw) || '');
  const advice = body.includes('"{{placeholder}}"')
    ? '; "{{placeholder}}" in the body is a placeholder: put the output of `cardseal seal` in its place'
    : '';
  throw new Error(`${refusal.Code}: ${refusal.Message}${advice}`);
});

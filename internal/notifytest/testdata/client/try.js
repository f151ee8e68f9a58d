// Tries the server that stands in for GOV.UK Notify with Notify's own client. One line of JSON for each step.
const { NotifyClient } = require('notifications-node-client');

const [url, key, emailTemplate, smsTemplate] = process.argv.slice(2);
const notify = new NotifyClient(url, key);

async function step(name, work) {
  try {
    console.log(JSON.stringify({ step: name, ...(await work()) }));
  } catch (e) {
    if (!e.response) throw e;
    console.log(JSON.stringify({ step: name, status: e.response.status, error: e.response.data.errors[0].error, code: e.response.data.status_code }));
  }
}

(async () => {
  let id;
  await step('email', async () => {
    const { status, data } = await notify.sendEmail(emailTemplate, 'ada@council.example', {
      personalisation: { Subject: 'Due', bo_dy: ['one', 'two'] }, reference: 'n1.1',
    });
    id = data.id;
    return { status, reference: data.reference, subject: data.content.subject, body: data.content.body, template: data.template.id === emailTemplate };
  });
  await step('sms', async () => {
    const { status, data } = await notify.sendSms(smsTemplate, '07700 900 123', { personalisation: { body: 'Due' } });
    return { status, reference: data.reference, body: data.content.body };
  });
  await step('get', async () => {
    const { status, data } = await notify.getNotificationById(id);
    return { status, to: data.email_address, state: data.status, type: data.type, reference: data.reference };
  });
  await step('list by reference', async () => {
    const { status, data } = await notify.getNotifications('email', undefined, 'n1.1');
    return { status, found: data.notifications.map((n) => n.id === id), next: 'next' in data.links };
  });
  await step('list of nothing', async () => {
    const { status, data } = await notify.getNotifications('email', 'created', 'n9.1');
    return { status, found: data.notifications, next: 'next' in data.links };
  });
  await step('template', async () => {
    const { status, data } = await notify.getTemplateById(emailTemplate);
    return { status, type: data.type, subject: data.subject, body: data.body };
  });
  await step('templates', async () => {
    const { status, data } = await notify.getAllTemplates('sms');
    return { status, types: data.templates.map((t) => t.type) };
  });
  await step('a missing value', () => notify.sendEmail(emailTemplate, 'ada@council.example', { personalisation: { subject: 'Due' } }));
  await step('a wrong address', () => notify.sendEmail(emailTemplate, 'ada', { personalisation: { subject: 'Due', body: 'x' } }));
  await step('a wrong number', () => notify.sendSms(smsTemplate, '123', { personalisation: { body: 'x' } }));
  await step('the other template', () => notify.sendSms(emailTemplate, '07700900123', { personalisation: { subject: 'Due', body: 'x' } }));
  await step('an id of nothing', () => notify.getNotificationById('f33517ff-2a88-4f6e-b855-c550268ce08a'));
  await step('a wrong key', () => new NotifyClient(url, key.slice(0, -4) + '0000').getAllTemplates());
})();

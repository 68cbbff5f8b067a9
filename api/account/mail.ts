// Sends the few e-mails that there are, over SMTP.
import { createTransport } from 'nodemailer';

export interface MailSettings {
  /** smtp:// or smtps://, with user and password in it where the server wants them. */
  readonly url: string;
  /** The sender, as in a From header. */
  readonly from: string;
}

export interface Mailer {
  /** A link to set a new password. Resolves when the mail server has taken it. @throws what the mail server says */
  passwordLink(to: string, url: string): Promise<void>;
  close(): void;
}

/** An e-mail without a picture, a button or a word too many: it is read on bad connections. */
export function createMailer(settings: MailSettings): Mailer {
  const transport = createTransport({
    url: settings.url,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async passwordLink(to, url) {
      await transport.sendMail({
        from: settings.from,
        to: { name: '', address: to },
        subject: 'Set a new password for Outpost',
        text: [
          'Hello,',
          `we were asked for a new password for the Outpost account ${to}. Set it here:`,
          url,
          'The link works once, within the next hour.',
          'If you did not ask for this, you can ignore this e-mail. Your password stays as it is.',
        ].join('\n\n'),
      });
    },
    close: () => transport.close(),
  };
}

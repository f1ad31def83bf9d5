/** PEM texts of `tls.cert`, `tls.key` and `tls.clientCa` → credentials that are known to go together, or what is wrong with which file. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { MlserveError } from '../../errors.ts';

/** What HTTP and gRPC ports are opened with; PEM. */
export interface TlsCredentials {
  /** The certificate of this server first, then those that lead to its authority. */
  readonly cert: string;
  readonly key: string;
  /** Authorities of client certificates; undefined: none are asked for. */
  readonly clientCa: string | undefined;
  /** When the certificate ends, in milliseconds since the epoch. */
  readonly validUntil: number;
}

/** A file as it was read. */
export interface PemFile {
  readonly path: string;
  readonly text: string;
}

export interface TlsFiles {
  readonly cert: PemFile;
  readonly key: PemFile;
  readonly clientCa: PemFile | undefined;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** Throws CONFIG_INVALID. A certificate that has ended or not begun is no error: clocks differ, and a service that answers can be mended. */
export function tlsCredentials({ cert, key, clientCa }: TlsFiles): TlsCredentials {
  const [own] = certificatesOf(cert);
  const privateKey = privateKeyOf(key);
  if (own === undefined || !own.checkPrivateKey(privateKey)) {
    throw invalid(
      key,
      'this private key does not belong to the certificate',
      `give the key that ${cert.path} was made with`,
    );
  }
  if (clientCa !== undefined) {
    for (const authority of certificatesOf(clientCa)) {
      // A client may also be trusted by its own certificate, signed by itself.
      if (authority.ca || authority.issuer === authority.subject) continue;
      const name = authority.subject?.replaceAll('\n', ', ') ?? 'one without a name';
      throw invalid(
        clientCa,
        `the certificate of ${name} is not that of an authority`,
        'give the certificates of those who sign client certificates',
      );
    }
  }
  const validUntil = Date.parse(own.validTo);
  return { cert: cert.text, key: key.text, clientCa: clientCa?.text, validUntil };
}

/** At least one. */
function certificatesOf(file: PemFile): readonly X509Certificate[] {
  const blocks = file.text.match(CERTIFICATE) ?? [];
  if (blocks.length === 0) {
    const isKey = file.text.includes('PRIVATE KEY-----');
    const what = isKey ? 'it holds a private key and no certificate' : 'it holds no certificate in PEM form';
    throw invalid(file, what, 'a PEM certificate begins with -----BEGIN CERTIFICATE-----');
  }
  return blocks.map((block, at) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw invalid(
        file,
        `certificate ${at + 1} of ${blocks.length} cannot be read`,
        'see "openssl x509 -in FILE -text"',
      );
    }
  });
}

function privateKeyOf(file: PemFile): KeyObject {
  if (/ENCRYPTED/.test(file.text)) {
    throw invalid(
      file,
      'the private key is encrypted',
      'give it without a passphrase: "openssl pkey -in FILE -out PLAIN"',
    );
  }
  try {
    return createPrivateKey(file.text);
  } catch {
    throw invalid(
      file,
      'it holds no private key in PEM form that can be read',
      'see "openssl pkey -in FILE -noout -text"',
    );
  }
}

/** Nothing of the file is repeated: it may hold a key. */
function invalid({ path }: PemFile, message: string, hint: string): MlserveError {
  return new MlserveError('CONFIG_INVALID', message, { where: path, hint });
}

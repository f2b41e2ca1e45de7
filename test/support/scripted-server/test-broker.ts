import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Aedes, type AuthenticateError, type Client, type PublishPacket } from 'aedes';

export interface Login {
  readonly clientId: string;
  readonly user: string;
  readonly password: string;
}

export interface BrokerRules {
  readonly admits: (login: Login) => boolean;
  readonly onMessage: (topic: string, payload: Uint8Array) => void;
}

/** A real broker on a port of this machine, that a test can kill and start again on the same port. */
export class TestBroker {
  readonly logins: Login[] = [];
  private readonly sockets = new Set<Socket>();
  private broker: Aedes | undefined;
  private server: Server | undefined;
  private usedPort = 0;

  constructor(private readonly rules: BrokerRules) {}

  get port(): number {
    return this.usedPort;
  }

  async start(): Promise<void> {
    const broker = await Aedes.createBroker({
      authenticate: (client: Client, user, password, done) =>
        this.authenticate({ client, user, password }, done),
    });
    this.broker = broker;
    broker.on('publish', (packet: PublishPacket, client: Client | null) => {
      if (client) this.rules.onMessage(packet.topic, new Uint8Array(Buffer.from(packet.payload)));
    });
    const server = createServer((socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      broker.handle(socket);
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.usedPort, '127.0.0.1', resolve));
    this.usedPort = (server.address() as AddressInfo).port;
  }

  private authenticate(
    from: {
      readonly client: Client;
      readonly user: string | undefined;
      readonly password: Buffer | undefined;
    },
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): void {
    const login = {
      clientId: from.client.id,
      user: from.user ?? '',
      password: from.password?.toString() ?? '',
    };
    this.logins.push(login);
    if (this.rules.admits(login)) done(null, true);
    else done(refusal(), false);
  }

  send(topic: string, payload: Uint8Array): void {
    const packet = {
      cmd: 'publish',
      topic,
      payload: Buffer.from(payload),
      qos: 0,
      retain: false,
      dup: false,
    } as const;
    this.broker?.publish(packet, () => undefined);
  }

  /** As if the machine lost its network: connections end without a word. */
  dropConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    const { broker, server } = this;
    this.broker = undefined;
    this.server = undefined;
    this.dropConnections();
    if (broker) await new Promise<void>((resolve) => broker.close(() => resolve()));
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

/** CONNACK code 4 of MQTT 3.1.1: bad user name or password. */
const refusal = (): AuthenticateError => {
  const error: Error & { returnCode?: number } = new Error('refused');
  error.returnCode = 4;
  return error as unknown as AuthenticateError;
};

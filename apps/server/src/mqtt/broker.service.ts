import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import {
  Aedes,
  type AuthenticateError,
  type Client,
  type ConnectPacket,
  type PublishPacket,
  type Subscription,
} from 'aedes';

import { mayPublish, maySubscribe } from '#libs/fleet/protocol';

import { AuditService } from '../audit/audit.service';
import { SERVER_CONFIG } from '../config/server-config.token';
import type { ServerConfig } from '../config/server-config';
import { BROKER_LIMITS, MAX_PACKET_BYTES } from './broker-limits';
import { DEVICE_GATE, type DeviceGate, type DeviceIdentity } from './device-gate';
import { limitPackets } from './packet-limit';

/** A message that a connection was allowed to publish. */
export interface Arrival {
  readonly from: DeviceIdentity;
  readonly topic: string;
  readonly payload: Uint8Array;
}

type Listener = (arrival: Arrival) => void;

/** CONNACK codes of MQTT 3.1.1, 3.2.2.3. */
type ReturnCode = AuthenticateError['returnCode'];
// Aedes declares these numbers as a const enum, which isolated modules can't import.
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment
const BAD_USER_NAME_OR_PASSWORD: ReturnCode = 4;
// oxlint-disable-next-line typescript/no-unsafe-enum-assignment
const NOT_AUTHORIZED: ReturnCode = 5;

/**
 * The MQTT broker inside the server: Aedes behind a TCP port, held to PROTOCOL.md. Who a connection is, is decided once,
 * at CONNECT; every topic (subscriptions, publications, the will) is held against that identity, never against what
 * a packet says. A violation closes the connection and is recorded.
 */
@Injectable()
export class BrokerService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Broker');
  private readonly identities = new WeakMap<Client, DeviceIdentity>();
  private readonly wills = new WeakMap<Client, string>();
  private readonly connected = new Map<string, Client>();
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((socket) => this.accept(socket));
  private broker: Aedes | undefined;
  private listener: Listener = () => undefined;

  constructor(
    @Inject(SERVER_CONFIG) private readonly config: ServerConfig,
    @Inject(DEVICE_GATE) private readonly gate: DeviceGate,
    private readonly audit: AuditService,
  ) {}

  /** Who is told of every message; there is one. */
  onArrival(listener: Listener): void {
    this.listener = listener;
  }

  async onApplicationBootstrap(): Promise<void> {
    this.broker = await Aedes.createBroker({ ...BROKER_LIMITS, ...this.hooks() });
    this.broker.on('clientReady', (client) => this.connected.set(client.id, client));
    this.broker.on('clientDisconnect', (client) => this.forget(client));
    this.broker.on('publish', (packet, client) => this.pass(packet, client));
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(this.config.mqttPort, this.config.host, resolve);
    });
  }

  async onModuleDestroy(): Promise<void> {
    await new Promise<void>((resolve) => (this.broker ? this.broker.close(resolve) : resolve()));
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  isConnected(deviceId: string): boolean {
    return this.connected.has(deviceId);
  }

  /** Sends with QoS 0: what gets lost, the device asks for again (PROTOCOL.md, rule 2). */
  send(topic: string, payload: Uint8Array): void {
    const packet = {
      cmd: 'publish',
      topic,
      payload: Buffer.from(payload),
      qos: 0,
      retain: false,
      dup: false,
    } as const;
    this.broker?.publish(packet, (error) => {
      if (error) this.logger.warn(`${topic} was not sent: ${error.message}`);
    });
  }

  private accept(socket: Socket): void {
    socket.setNoDelay(true);
    limitPackets(socket, MAX_PACKET_BYTES);
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    this.broker?.handle(socket);
  }

  private hooks() {
    return {
      preConnect: (
        client: Client,
        packet: ConnectPacket,
        done: (error: Error | null, success: boolean) => void,
      ) => {
        if (packet.will) this.wills.set(client, packet.will.topic);
        done(null, true);
      },
      authenticate: (
        client: Client,
        userName: string | undefined,
        password: Buffer | undefined,
        done: (error: AuthenticateError | null, success: boolean | null) => void,
      ) => {
        this.authenticate(client, userName ?? '', password?.toString('utf8') ?? '').then(
          (refusal) => done(refusal, refusal === null),
          (error: unknown) => {
            this.logger.error(error);
            done(new ConnectError(NOT_AUTHORIZED, 'the server failed'), false);
          },
        );
      },
      authorizePublish: (
        client: Client | null,
        packet: PublishPacket,
        done: (error?: Error | null) => void,
      ) => {
        done(client === null ? null : this.judgePublish(client, packet));
      },
      authorizeSubscribe: (
        client: Client,
        subscription: Subscription,
        done: (error: Error | null, subscription?: Subscription | null) => void,
      ) => {
        const identity = this.identities.get(client);
        if (identity && maySubscribe(identity, subscription.topic)) done(null, subscription);
        else done(this.violation(client, 'mqtt.subscribe-refused', subscription.topic));
      },
    };
  }

  /** Null where the connection is welcome. */
  private async authenticate(
    client: Client,
    userName: string,
    password: string,
  ): Promise<AuthenticateError | null> {
    const admission = await this.gate.admit({ clientId: client.id, userName, password });
    if (!admission.ok) {
      this.audit.record({ code: admission.error.code, subject: client.id, message: admission.error.message });
      return new ConnectError(BAD_USER_NAME_OR_PASSWORD, admission.error.message);
    }
    this.identities.set(client, admission.value);
    const will = this.wills.get(client);
    if (will === undefined || mayPublish(admission.value, will)) return null;
    return new ConnectError(NOT_AUTHORIZED, this.violation(client, 'mqtt.will-refused', will).message);
  }

  private judgePublish(client: Client, packet: PublishPacket): Error | null {
    const identity = this.identities.get(client);
    if (!identity || !mayPublish(identity, packet.topic))
      return this.violation(client, 'mqtt.publish-refused', packet.topic);
    // A retained message would outlive its connection; QoS 2 would cost the server memory for a promise that the
    // protocol makes itself.
    if (packet.retain || packet.qos === 2) return this.violation(client, 'mqtt.flags-refused', packet.topic);
    return null;
  }

  private violation(client: Client, code: string, topic: string): Error {
    const message = `${client.id} has nothing to do with the topic ${topic.slice(0, 120)}`;
    this.audit.record({ code, subject: client.id, message });
    return new Error(message);
  }

  private pass(packet: PublishPacket, client: Client | null): void {
    const from = client && this.identities.get(client);
    if (!from) return;
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    this.listener({ from, topic: packet.topic, payload: new Uint8Array(payload) });
  }

  private forget(client: Client): void {
    if (this.connected.get(client.id) === client) this.connected.delete(client.id);
  }
}

/** A refusal with the code that CONNACK carries. */
class ConnectError extends Error implements AuthenticateError {
  constructor(
    readonly returnCode: ReturnCode,
    message: string,
  ) {
    super(message);
  }
}

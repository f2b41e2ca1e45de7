export { Artifact } from './artifact';
export { ScriptedServer, type ServerScript, TEST_TOKEN } from './scripted-server';
export { TestBroker } from './test-broker';

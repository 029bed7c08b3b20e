"""With `redis_wait_replicas` an `ok` means that a replica has it too; without the replica the outcome is `unknown`."""

import socket

import pytest

from listing import RedisServer, Refusal, eventually, new_key


def test_a_lock_is_acknowledged_only_when_the_replica_has_it(open_office, folder):
    office = open_office(daemons=0, redis_wait_replicas=1, redis_timeout_ms=2000)
    replica = RedisServer(folder / "replica", ["--replica-announce-port", "1"])
    try:
        # A private Redis listens on a Unix socket only; for a replica it needs a port.
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        office.redis.client.config_set("bind", "127.0.0.1")
        office.redis.client.config_set("port", port)
        replica.client.replicaof("127.0.0.1", port)
        eventually(lambda: replica.client.info("replication")["master_link_status"] == "up", timeout=20)
        office.redis.client.config_set("shutdown-timeout", 0)  # at the end nobody waits for the replica
        office.add_daemon().start()
        desk = office.screen("consultant1")
        ok = desk.lock("1-101", "b1")
        assert replica.client.hget("ld:{p1}:units", "1-101").split("|")[2] == ok["deal"]
        replica.kill()
        key = new_key()
        with pytest.raises(Refusal) as refusal:
            desk.lock("1-102", "b1", key)
        assert (refusal.value.code, refusal.value.error["retryable"]) == ("unknown", True)
        replica.start()
        replica.client.replicaof("127.0.0.1", port)
        eventually(lambda: replica.client.info("replication")["master_link_status"] == "up", timeout=20)
        assert desk.lock("1-102", "b1", key)["status"] == "locked"
        assert len([e for e in office.events() if e["type"] == "lock" and e["u"] == "1-102"]) == 1
    finally:
        replica.kill()

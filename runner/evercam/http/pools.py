"""Pools of watchful connections, and the adapter that gives them to a session."""

from functools import partial
from typing import Any

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager

from runner.evercam.http.connection import (
    NO_HOOKS,
    Hooks,
    WatchfulConnection,
    WatchfulTLSConnection,
)


class WatchfulPool(HTTPConnectionPool):
    """Watchful connections to one host."""

    ConnectionCls = WatchfulConnection
    hooks = NO_HOOKS

    def _new_conn(self) -> Any:
        connection: Any = super()._new_conn()
        connection.hooks = self.hooks
        return connection

    def open_ahead(self, seconds: float) -> None:
        """Have a connection open for the next request; raises urllib3's errors of connecting."""
        connection: Any = self._get_conn()
        try:
            if connection.is_closed:
                connection.timeout = seconds
                self._connect(connection)
        finally:
            self._put_conn(connection)

    def _connect(self, connection: Any) -> None:
        connection.connect()


class WatchfulTLSPool(WatchfulPool, HTTPSConnectionPool):
    """The same over TLS."""

    ConnectionCls = WatchfulTLSConnection

    def _connect(self, connection: Any) -> None:
        if self.proxy is None:
            connection.connect()
        else:
            self._prepare_proxy(connection)


class WatchfulAdapter(HTTPAdapter):
    """Gives a requests session watchful connections, through a proxy or not."""

    def __init__(self, hooks: Hooks = NO_HOOKS) -> None:
        self._hooks = hooks
        self._pools = {
            "http": partial(_pool, WatchfulPool, hooks),
            "https": partial(_pool, WatchfulTLSPool, hooks),
        }
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **options: Any) -> ProxyManager:
        """Make the pools of connections through a proxy."""
        manager: Any = super().proxy_manager_for(proxy, **options)
        if proxy.lower().startswith("socks"):  # those need connections of their own
            self._hooks.on_open()
        else:
            manager.pool_classes_by_scheme = self._pools
        typed: ProxyManager = manager
        return typed

    def open_ahead(
        self, request: PreparedRequest, verify: Any, proxies: Any, seconds: float
    ) -> None:
        """Have a connection open for a request like this one; raises urllib3's errors."""
        pool = self.get_connection_with_tls_context(request, verify, proxies)
        if isinstance(pool, WatchfulPool):  # not through a SOCKS proxy
            pool.open_ahead(seconds)


def _pool(kind: type[WatchfulPool], hooks: Hooks, *args: Any, **options: Any) -> WatchfulPool:
    pool = kind(*args, **options)
    pool.hooks = hooks
    return pool

"""The naming law: every name follows from the id by one rule, and from the provider's own name the id's last word does."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalbook.engine import suggestions
from signalbook.reading import pointers
from signalbook.registry import naming

if TYPE_CHECKING:
    from signalbook import Registry

# The providers' own names, and the folders that the catalogue keeps them in.
FOLDERS = {
    # Alibaba Cloud ECS and Cloud Assistant
    "Instance:StateChange": "instance-state-change",
    "Instance:PreemptibleInstanceInterruption": "instance-preemptible-instance-interruption",
    "Instance:LiveMigrationAcrossDDH": "instance-live-migration-across-ddh",
    "Instance:PerformanceModeChange": "instance-performance-mode-change",
    "Instance:BurstablePerformanceRestricted": "instance-burstable-performance-restricted",
    "Instance:VSwitchChanged": "instance-vswitch-changed",
    "Instance:SystemMaintenance.Reboot": "instance-system-maintenance-reboot",
    "Instance:SystemMaintenance.Redeploy": "instance-system-maintenance-redeploy",
    "Instance:SystemMaintenance.Stop": "instance-system-maintenance-stop",
    "Instance:SystemMaintenance.RebootAndIsolateErrorDisk": "instance-system-maintenance-reboot-and-isolate-error-disk",
    "Instance:SystemMaintenance.RebootAndReInitErrorDisk": "instance-system-maintenance-reboot-and-re-init-error-disk",
    "Instance:SystemMaintenance.IsolateErrorDisk": "instance-system-maintenance-isolate-error-disk",
    "Instance:SystemMaintenance.ReInitErrorDisk": "instance-system-maintenance-re-init-error-disk",
    "Instance:SystemMaintenance.PerformanceImpact": "instance-system-maintenance-performance-impact",
    "Instance:SystemFailure.Reboot": "instance-system-failure-reboot",
    "Instance:SystemFailure.Redeploy": "instance-system-failure-redeploy",
    "Instance:SystemFailure.Delete": "instance-system-failure-delete",
    "Instance:SystemFailure.Stop": "instance-system-failure-stop",
    "Instance:InstanceFailure.Reboot": "instance-instance-failure-reboot",
    "Instance:Security.TpmAlert": "instance-security-tpm-alert",
    "Disk:Stalled": "disk-stalled",
    "Disk:ErrorDetected": "disk-error-detected",
    "Disk:DiskOperationCompleted": "disk-disk-operation-completed",
    "Disk:ConvertToPostpaidCompleted": "disk-convert-to-postpaid-completed",
    "Disk:OverduePaymentRelease": "disk-overdue-payment-release",
    "Snapshot:CreateSnapshotCompleted": "snapshot-create-snapshot-completed",
    "NetworkInterface:NetworkInterfaceOperateCompleted": "network-interface-network-interface-operate-completed",
    "NetworkInterface:PrivateIPAssigned": "network-interface-private-ip-assigned",
    "NetworkInterface:PrivateIPUnassigned": "network-interface-private-ip-unassigned",
    "NetworkInterface:PrivateIPv6Assigned": "network-interface-private-ipv6-assigned",
    "NetworkInterface:PrivateIPv6Unassigned": "network-interface-private-ipv6-unassigned",
    "CloudAssistant:TaskCompleted": "cloud-assistant-task-completed",
    "CloudAssistant:FirstHeartbeat": "cloud-assistant-first-heartbeat",
    # Huawei Cloud Config, Workspace Application Streaming, Workspace, SMN
    "ResourceChanged": "resource-changed",
    "ResourceRelationChanged": "resource-relation-changed",
    "SnapshotArchiveCompleted": "snapshot-archive-completed",
    "NotificationArchiveCompleted": "notification-archive-completed",
    "createServer": "create-server",
    "deleteServer": "delete-server",
    "stopServer": "stop-server",
    "startServer": "start-server",
    "rebootServer": "reboot-server",
    "createServerImage": "create-server-image",
    "changeServerImage": "change-server-image",
    "reinstallServer": "reinstall-server",
    "sessionConnect": "session-connect",
    "sessionDisconnect": "session-disconnect",
    "sessionLogout": "session-logout",
    "createDesktops": "create-desktops",
    "stopDesktops": "stop-desktops",
    "startDesktops": "start-desktops",
    "deleteDesktops": "delete-desktops",
    "SubscriptionConfirmation": "subscription-confirmation",
    "UnsubscribeConfirmation": "unsubscribe-confirmation",
    # JD Cloud VM
    "SystemFailure.Delete": "system-failure-delete",
    "SystemFailure.Reboot": "system-failure-reboot",
    "SystemFailure.Migrate": "system-failure-migrate",
    "SystemFailure.Fault": "system-failure-fault",
    "SystemException.LocalDiskFailure.Fault": "system-exception-local-disk-failure-fault",
    "SystemFailure.GPUFailure.Fault": "system-failure-gpu-failure-fault",
    "SystemFailure.RemovedFromAg": "system-failure-removed-from-ag",
    "SystemFailure.ReDeploy": "system-failure-re-deploy",
    "SystemMaintenance.IsolateLocalDisk": "system-maintenance-isolate-local-disk",
    "InstanceExpiration.Stop": "instance-expiration-stop",
    "InstanceExpiration.Delete": "instance-expiration-delete",
    "AccountArrearage.Stop": "account-arrearage-stop",
    "AccountArrearage.Delete": "account-arrearage-delete",
    "StateChange": "state-change",
    "CreateImage": "create-image",
    # Names that the providers' pages mention, and forms that a new one may have
    "Disk:DiskIONo4kAligned": "disk-disk-io-no4k-aligned",
    "Disk:DiskBPSExceedDiskMaxLimit": "disk-disk-bps-exceed-disk-max-limit",
    "NetworkInterface:SlaveEniWorkStateChanged": "network-interface-slave-eni-work-state-changed",
    "Instance:SystemMaintenance.Reboot:Scheduled": "instance-system-maintenance-reboot-scheduled",
    "IPv4Changed": "ipv4-changed",
    "DevSwitchChanged": "dev-switch-changed",
    "snake_case name": "snake-case-name",
    "": "",
}


@pytest.mark.parametrize(("name", "folder"), FOLDERS.items(), ids=FOLDERS)
def test_the_folder_of_an_event_is_the_name_its_provider_gives_it_in_kebab_case(
    name: str, folder: str
) -> None:
    """A hyphen for every mark and at every hump, capitals in a row kept together; VSwitch and IPv6 are one word each."""
    assert naming.kebab(name) == folder


def test_every_event_of_the_catalogue_stands_in_the_folder_of_its_name(registry: Registry) -> None:
    """The law holds for what is there, not only for a table."""
    named = {event.id: event.name for event in registry.events.values() if event.name}
    assert {event_id: naming.kebab(name) for event_id, name in named.items()} == {
        event_id: event_id.split("/")[-1] for event_id in named
    }


@given(st.text() | st.text(alphabet="aBVSPI6vwitch:._- "))
def test_a_folder_name_is_words_and_is_its_own_folder_name(name: str) -> None:
    """Whatever the name, the result is empty or words between hyphens, and doing it twice changes nothing."""
    folder = naming.kebab(name)
    assert folder == "" or naming.WORD.fullmatch(folder)
    assert naming.kebab(folder) == folder


@given(st.lists(st.text()))
def test_a_pointer_leads_back_to_the_path_it_was_made_from(path: list[str]) -> None:
    """Tildes, slashes and empty keys survive: `tokens` undoes `pointer`."""
    assert pointers.split(pointers.join(path)) == tuple(path)


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        pytest.param((), "", id="the-document"),
        pytest.param(("",), "/", id="the-empty-key"),
        pytest.param(("a/b", "m~n", "~1"), "/a~1b/m~0n/~01", id="escapes"),
        pytest.param(("items", 10, "字 "), "/items/10/字 ", id="indices-and-any-text"),
    ],
)
def test_a_pointer_is_written_as_rfc_6901_says(path: tuple[str | int, ...], pointer: str) -> None:
    """Only tilde and slash are escaped, the tilde first."""
    assert pointers.join(path) == pointer


@pytest.mark.parametrize(
    ("word", "words", "expected"),
    [
        pytest.param(
            "eventaction",
            ["eventTime", "eventActions", "eventAction"],
            ("eventAction", "eventActions"),
            id="case-before-spelling",
        ),
        pytest.param(
            "INSTANCE_ID",
            ["instanceIds", "instance-id"],
            ("instance-id", "instanceIds"),
            id="separators-do-not-count",
        ),
        pytest.param(
            "instanceid",
            ["instance_id", "instanceId"],
            ("instanceId", "instance_id"),
            id="case-before-separators",
        ),
        pytest.param("StateChnage", ["CreateImage", "StateChange"], ("StateChange",), id="swapped-letters"),
        pytest.param("StateChange", ["StateChange"], (), id="never-itself"),
        pytest.param("StateChange", ["SystemFailure.Reboot", "x"], (), id="nothing-near"),
        pytest.param("a", [], (), id="nothing-there"),
        pytest.param("", ["a"], (), id="the-empty-word"),
        pytest.param(
            "abcde", ["abcd1", "abcd2", "abcd3", "abcd4"], ("abcd4", "abcd3", "abcd2"), id="three-at-most"
        ),
    ],
)
def test_the_nearest_words_are_those_that_were_probably_meant(
    word: str, words: list[str], expected: tuple[str, ...]
) -> None:
    """The likeliest comes first, a different case before everything else, and what resembles nothing is told nothing."""
    assert suggestions.nearest(word, words) == expected


@given(
    st.text(alphabet="aAbB_-", max_size=6), st.sets(st.text(alphabet="aAbB_-", max_size=6)), st.integers(1, 4)
)
def test_the_nearest_words_are_known_ones_and_never_the_word_itself(
    word: str, words: set[str], limit: int
) -> None:
    """No word is invented, none comes twice, and there are never more than were asked for."""
    found = suggestions.nearest(word, words, limit)
    assert set(found) <= words - {word}
    assert len(found) == len(set(found)) <= limit


_NUMBERS = st.tuples(*[st.integers(0, 10**20)] * 3)


@given(st.lists(_NUMBERS))
def test_versions_are_ordered_by_their_numbers(numbers: list[tuple[int, int, int]]) -> None:
    """1.10.0 comes after 1.9.0: the order is that of numbers, not of text."""
    versions = [f"{major}.{minor}.{patch}" for major, minor, patch in numbers]
    assert [naming.version_key(version) for version in versions] == numbers
    assert sorted(versions, key=naming.version_key) == [".".join(map(str, one)) for one in sorted(numbers)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1.0",
        "1.0.0.0",
        "01.0.0",
        "1.0.0-rc.1",
        "v1.0.0",
        "1.0.0\n",
        " 1.0.0",
        "1.0.x",
        "١.0.0",
        "-1.0.0",
    ],
)
def test_what_is_no_version_is_refused(text: str) -> None:
    """A version is three plain numbers; the message repeats what was given."""
    with pytest.raises(ValueError, match=r"not a MAJOR\.MINOR\.PATCH version") as refusal:
        naming.version_key(text)
    assert repr(text) in str(refusal.value)


def test_everything_follows_from_the_id() -> None:
    """The table of the documentation, for an event and for an envelope."""
    event, envelope = "jdcloud/vm/state-change", "jdcloud/cloud-events"
    assert [naming.folder(event), naming.schema_path(event, "1.0.0"), naming.page(event)] == [
        "jdcloud/vm/state-change",
        "jdcloud/vm/state-change/1.0.0.json",
        "catalogue/jdcloud/vm/state-change.md",
    ]
    assert [naming.folder(envelope), naming.schema_path(envelope, "1.0.0"), naming.page(envelope)] == [
        "jdcloud/_envelopes/cloud-events",
        "jdcloud/_envelopes/cloud-events/1.0.0.json",
        "catalogue/jdcloud/envelopes/cloud-events.md",
    ]
    assert (naming.python_module(event, "12.3.4"), naming.python_class(event)) == (
        "jdcloud.vm.state_change.v12",
        "StateChange",
    )


def test_every_event_of_the_catalogue_can_be_imported(registry: Registry) -> None:
    """Each part of a module's name and each class is an identifier and no word of the language, and no two events share them."""
    names = {
        event.id: (naming.python_module(event.id, event.newest.version), naming.python_class(event.id))
        for event in registry.events.values()
    }
    words = {word for module, name in names.values() for word in (*module.split("."), name)}
    assert {word for word in words if not word.isidentifier() or keyword.iskeyword(word)} == set()
    assert len(set(names.values())) == len(names)

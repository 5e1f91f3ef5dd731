# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# For test scripts: two network namespaces with a virtual Ethernet between them, as USB EEM is one between terminal and
# card. The script goes on in the first, as 192.0.2.1 and 2001:db8::1; the other has 192.0.2.2 and 2001:db8::2 (addresses
# for documentation, RFC 5737 and RFC 3849). Source it behind script.sh.

# enter_network SCRIPT ARGS...: starts the script again in namespaces of its own, once. Call it before anything else.
enter_network() {
  [[ ${DMSC_NETWORK_INSIDE:-} != yes ]] || return 0
  export DMSC_NETWORK_INSIDE=yes
  unshare -rnm true 2>/dev/null && exec unshare -rnm "$@"
  unshare -nm true 2>/dev/null && exec unshare -nm "$@"
  echo "FAILED: no network namespace can be made: run as root, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1)"
  exit 1
}

other_space() { [[ $(readlink "/proc/$other_pid/ns/net") != $(readlink /proc/self/ns/net) ]]; }
in_other_network() { nsenter -t "$other_pid" -n "$@"; }

# The other namespace lives as long as the process `other_pid`.
two_networks() {
  unshare -n sleep 600 &
  other_pid=$!
  pids+=("$other_pid")
  until_true 5 other_space || fail "no second network namespace"
  ip link add usb0 type veth peer name usb0 netns "$other_pid" || fail "no virtual Ethernet (kernel module veth)"
  ip address add 192.0.2.1/24 dev usb0
  ip address add 2001:db8::1/64 dev usb0 nodad
  ip link set lo up
  ip link set usb0 up
  in_other_network ip address add 192.0.2.2/24 dev usb0
  in_other_network ip address add 2001:db8::2/64 dev usb0 nodad
  in_other_network ip link set lo up
  in_other_network ip link set usb0 up
}

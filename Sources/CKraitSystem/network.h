/* Addresses and functions of sockets that Swift's Glibc module leaves out. */
#pragma once
#include <linux/can.h>
#include <linux/if_alg.h>
#include <linux/netlink.h>
#include <linux/qrtr.h>
#include <linux/tipc.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <netdb.h>
#include <netpacket/packet.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

extern int accept4(int descriptor, struct sockaddr *address, socklen_t *size, int flags);
extern int gethostbyname_r(const char *name, struct hostent *entry, char *buffer, size_t size, struct hostent **found, int *error);
extern int gethostbyaddr_r(const void *address, socklen_t size, int family, struct hostent *entry, char *buffer, size_t buffer_size, struct hostent **found, int *error);
extern const char *hstrerror(int error);
extern int sethostname(const char *name, size_t size);
extern int inet_aton(const char *text, struct in_addr *address);
extern int socketpair(int family, int type, int protocol, int descriptors[2]);

static inline struct if_nameindex *krait_if_nameindex(void) { return if_nameindex(); }

/* The number of a network interface, by the ioctl that sockets of all families understand; -1 and errno when there is none. */
static inline int krait_interface_index(int descriptor, const char *name) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  return ioctl(descriptor, SIOCGIFINDEX, &request) < 0 ? -1 : request.ifr_ifindex;
}
/* The name of a network interface; 0 when there is none. */
static inline int krait_interface_name(int descriptor, int index, char name[IFNAMSIZ]) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  request.ifr_ifindex = index;
  if (ioctl(descriptor, SIOCGIFNAME, &request) < 0) return 0;
  memcpy(name, request.ifr_name, IFNAMSIZ);
  return 1;
}

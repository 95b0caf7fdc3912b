import type { VolumeKind } from '@askfirst/protocol/results/disk-space.ts'

/** File systems of the kernel itself: they hold no files of anyone and have no drive that could fill up. */
const PSEUDO = new Set(
  (
    'autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devfs devpts devtmpfs efivarfs fdescfs fuse.gvfsd-fuse fuse.lxcfs ' +
    'fuse.portal fusectl hugetlbfs mqueue nfsd none nsfs nullfs pipefs proc procfs pstore ramfs rootfs rpc_pipefs ' +
    'securityfs selinuxfs sockfs sysfs tracefs'
  ).split(' '),
)

const NETWORK = new Set(
  (
    '9p acfs afpfs afs ceph cifs coda davfs ftp fuse.davfs fuse.glusterfs fuse.rclone fuse.s3fs fuse.sshfs gfs2 glusterfs ' +
    'lustre ncpfs nfs nfs4 ocfs2 smb3 smbfs virtiofs webdav'
  ).split(' '),
)

const OPTICAL = new Set(['iso9660', 'udf', 'cd9660', 'cddafs', 'CDFS', 'UDF'])
const MEMORY = new Set(['tmpfs', 'shm'])
const IMAGE = new Set(['squashfs', 'erofs', 'cramfs', 'romfs'])

/** Kind of a file system by its name, or null for one that has no place for files of its own. */
export function volumeKindOf(fileSystem: string): VolumeKind | null {
  if (PSEUDO.has(fileSystem)) return null
  if (NETWORK.has(fileSystem)) return 'network'
  if (OPTICAL.has(fileSystem)) return 'optical'
  if (MEMORY.has(fileSystem)) return 'memory'
  return IMAGE.has(fileSystem) ? 'image' : 'fixed'
}

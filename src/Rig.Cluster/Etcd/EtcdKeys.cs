using System.Text;

namespace Rig.Cluster.Etcd;

public static class EtcdKeys
{
    /// <summary>The first key after all that begin with <paramref name="prefix"/>: its last byte that can grow, grown by one.</summary>
    public static ReadOnlyMemory<byte> PrefixEnd(string prefix)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(prefix);
        for (int last = bytes.Length - 1; last >= 0; last--)
        {
            if (bytes[last] < 0xff)
            {
                bytes[last]++;
                return bytes.AsMemory(0, last + 1);
            }
        }

        return new byte[] { 0 };
    }
}

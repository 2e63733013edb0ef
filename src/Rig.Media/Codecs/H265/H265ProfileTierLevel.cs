using Rig.Media.Bits;

namespace Rig.Media.Codecs.H265;

/// <summary>profile_tier_level() of ITU-T H.265 7.3.3, the general part: what hvcC and codec strings repeat.</summary>
/// <param name="Profile">general_profile_space (2 bits), general_tier_flag, general_profile_idc (5 bits).</param>
/// <param name="Compatibility">general_profile_compatibility_flag, index 0 in the top bit.</param>
/// <param name="Constraints">The 48 bits from general_progressive_source_flag on.</param>
/// <param name="LevelIdc">30 times the level.</param>
public readonly record struct H265ProfileTierLevel(byte Profile, uint Compatibility, ulong Constraints, byte LevelIdc)
{
    public int ProfileIdc => Profile & 0x1F;

    public bool IsHighTier => (Profile & 0x20) != 0;

    internal static H265ProfileTierLevel Parse(ref BitReader reader, int maxSubLayersMinus1)
    {
        byte profile = (byte)reader.Bits(8);
        uint compatibility = reader.Bits(32);
        ulong constraints = ((ulong)reader.Bits(16) << 32) | reader.Bits(32);
        byte level = (byte)reader.Bits(8);
        SkipSubLayers(ref reader, maxSubLayersMinus1);
        return new H265ProfileTierLevel(profile, compatibility, constraints, level);
    }

    private static void SkipSubLayers(ref BitReader reader, int count)
    {
        if (count == 0)
        {
            return;
        }

        const int PresenceBits = 16;
        const int ProfileBits = 88;
        const int LevelBits = 8;
        uint presence = reader.Bits(PresenceBits);
        for (int i = 0; i < count; i++, presence <<= 2)
        {
            reader.Skip(((presence & 0x8000) != 0 ? ProfileBits : 0) + ((presence & 0x4000) != 0 ? LevelBits : 0));
        }
    }
}

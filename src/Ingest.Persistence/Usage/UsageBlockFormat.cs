using System.Text;
using Ingest.Domain.Ledger;
using Ingest.Domain.Usage;

namespace Ingest.Persistence.Usage;

/// <summary>How a block is written into the database: its devices, the values of its texts, and its columns as they are in memory.</summary>
internal static class UsageBlockFormat
{
    /// <summary>Stands beside each block: one that was written otherwise is not read, and made anew.</summary>
    public const short Version = 1;

    public static byte[] Write(UsageBlock block)
    {
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content, Encoding.UTF8);
        writer.Write(block.Devices.Count);
        foreach (var device in block.Devices)
        {
            writer.Write(device.DeviceId);
            writer.Write(device.Rows);
            writer.Write(device.ReceivedAt.UtcTicks);
            writer.Write(device.IsExpired);
            writer.Write(device.DigestVersion);
            writer.Write(device.Digest.ToBytes());
        }

        foreach (var texts in block.Texts)
        {
            writer.Write(texts.Length);
            foreach (var text in texts)
            {
                writer.Write(text is not null);
                writer.Write(text ?? "");
            }
        }

        foreach (var column in block.Codes.Concat(block.Numbers))
        {
            writer.Write((byte)column.Width);
            writer.Write(column.Bytes.Length);
            writer.Write(column.Bytes);
        }

        writer.Flush();
        return content.ToArray();
    }

    public static UsageBlock Read(DateOnly day, byte[] content)
    {
        using var reader = new BinaryReader(new MemoryStream(content), Encoding.UTF8);
        var devices = new BlockDevice[reader.ReadInt32()];
        var firstRow = 0;
        for (var at = 0; at < devices.Length; at++)
        {
            devices[at] = new BlockDevice(
                reader.ReadString(), firstRow, reader.ReadInt32(), new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero), reader.ReadBoolean(), reader.ReadInt16(),
                new DayDigest(reader.ReadBytes(DayDigest.Bytes)));
            firstRow += devices[at].Rows;
        }

        var texts = new string?[UsageBlock.TextDimensions.Count][];
        for (var at = 0; at < texts.Length; at++)
        {
            texts[at] = new string?[reader.ReadInt32()];
            for (var place = 0; place < texts[at].Length; place++)
            {
                var isText = reader.ReadBoolean();
                var text = reader.ReadString();
                texts[at][place] = isText ? text : null;
            }
        }

        return new UsageBlock(day, devices, texts, Columns(reader, texts.Length), Columns(reader, UsageBlock.NumberColumns));
    }

    private static NarrowColumn[] Columns(BinaryReader reader, int count)
    {
        var columns = new NarrowColumn[count];
        for (var at = 0; at < count; at++)
        {
            var width = reader.ReadByte();
            columns[at] = NarrowColumn.Of(reader.ReadBytes(reader.ReadInt32()), width);
        }

        return columns;
    }
}

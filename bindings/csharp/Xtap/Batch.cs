// Batches: memory that reads fill again and again, and the records in them.
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Xtap;

/// <summary>Memory that <see cref="EventStream.Read"/> fills with whole records, again at every read: what was got from it
/// holds something else after the next one. It grows when one record needs more.</summary>
public sealed unsafe class Batch
{
    private readonly Page page = new();
    private NativeBatch native = NativeBatch.Init;

    /// <summary>Room for so many bytes and records. A batch of 256 KiB stays in the processor's cache.</summary>
    public Batch(int dataBytes = 256 << 10, int records = 4096)
    {
        page.Data = Pinned<byte>(dataBytes);
        page.Records = Pinned<NativeRecord>(Math.Max(records, 1));
    }

    /// <summary>How many records there are.</summary>
    public int Count => page.Count;

    /// <summary>All bytes of the batch.</summary>
    public ReadOnlySpan<byte> Data => page.Data.AsSpan(0, (int)native.DataSize);

    /// <summary>Record number index, from 0.</summary>
    public Record this[int index] => index < Count ? new Record(page, index) : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>Every record, events and notices, in order.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Goes through a batch without an allocation.</summary>
    public ref struct Enumerator
    {
        private readonly Batch batch;
        private int at = -1;

        internal Enumerator(Batch batch) => this.batch = batch;

        /// <summary>The record.</summary>
        public readonly Record Current => new(batch.page, at);

        /// <summary>Whether there is one more.</summary>
        public bool MoveNext() => ++at < batch.Count;
    }

    // The arrays are pinned for as long as they live: C is given their addresses, and keeps none after the call.
    private static T[] Pinned<T>(int count) => GC.AllocateUninitializedArray<T>(count, pinned: true);

    internal int Fill(StreamHandle stream, int selected, uint timeoutMs, NativeError* error)
    {
        page.Count = 0;
        page.Selected = selected;
        if (page.Columns.Length < page.Records.Length * selected) page.Columns = Pinned<NativeColumn>(page.Records.Length * selected);
        native = NativeBatch.Init;
        native.DataCapacity = (nuint)page.Data.Length;
        native.RecordCapacity = (nuint)page.Records.Length;
        native.ColumnCapacity = (nuint)page.Columns.Length;
        int status;
        fixed (byte* data = page.Data)
        fixed (NativeRecord* records = page.Records)
        fixed (NativeColumn* columns = page.Columns)
        fixed (NativeBatch* batch = &native)
        {
            batch->Data = data;
            batch->Records = records;
            batch->Columns = columns;
            status = NativeMethods.xtap_stream_read(stream, batch, timeoutMs, error);
        }
        if (status == Status.Ok.Code) page.Count = (int)native.RecordCount;
        return status;
    }

    /// <summary>Makes room for the record that did not fit.</summary>
    internal void Grow()
    {
        if (native.DataNeeded > (nuint)page.Data.Length) page.Data = Pinned<byte>(checked((int)native.DataNeeded));
        if (native.RecordsNeeded > (nuint)page.Records.Length) page.Records = Pinned<NativeRecord>((int)native.RecordsNeeded);
        if (native.ColumnsNeeded > (nuint)page.Columns.Length) page.Columns = Pinned<NativeColumn>((int)native.ColumnsNeeded);
    }

    /// <summary>A copy with exactly the memory that it needs.</summary>
    internal Page Owned() => new()
    {
        Data = Data.ToArray(),
        Records = page.Records.AsSpan(0, Count).ToArray(),
        Columns = page.Columns.AsSpan(0, (int)native.ColumnCount).ToArray(),
        Count = Count,
        Selected = page.Selected,
    };
}

/// <summary>The memory that records are in.</summary>
internal sealed class Page
{
    public byte[] Data = [];
    public NativeRecord[] Records = [];
    public NativeColumn[] Columns = [];
    public int Count, Selected;
}

/// <summary>One event or notice of a batch, until the next read.</summary>
public readonly ref struct Record
{
    private readonly Page page;
    private readonly int index;

    internal Record(Page page, int index) => (this.page, this.index) = (page, index);

    private ref readonly NativeRecord Facts => ref page.Records[index];

    /// <summary>Running number in the stream: 1, 2, 3 ...</summary>
    public ulong Position => Facts.Position;

    /// <summary>What it is.</summary>
    public Kind Kind => new(Facts.Kind);

    /// <summary>Whether the library says it, rather than the stream.</summary>
    public bool IsNotice => Facts.Kind >= Kind.NoticeConnecting.Code;

    /// <summary>The event's id; 0 if it has none or it is no number.</summary>
    public ulong Id => Facts.Id;

    /// <summary>The event's identity, for removing duplicates.</summary>
    public unsafe (ulong, ulong) Key => (Facts.Key[0], Facts.Key[1]);

    /// <summary>When it happened, if it carries a time.</summary>
    public DateTimeOffset? Time => Facts.TimeMs is < -62135596800000 or > 253402300799999
        ? null : DateTimeOffset.FromUnixTimeMilliseconds(Facts.TimeMs);

    /// <summary>Bits; ignore unknown ones.</summary>
    public RecordFlags Flags => new(Facts.Flags);

    /// <summary>1 and up; 0 when the operation has none.</summary>
    public uint Partition => Facts.Partition;

    /// <summary>The JSON as it came. For an event of kind MALFORMED or UNREAD nothing is promised.</summary>
    public ReadOnlySpan<byte> Json => page.Data.AsSpan((int)Facts.JsonOffset, (int)Facts.JsonSize);

    /// <summary>The selected value number index, in the order of <see cref="EventStream.Select"/>.</summary>
    public Value Selected(int index)
    {
        if ((uint)index >= (uint)page.Selected)
            throw new ArgumentOutOfRangeException(nameof(index), $"{page.Selected} values are selected, there is none number {index}");
        ref readonly var column = ref page.Columns[(int)Facts.FirstColumn + index];
        return new Value(new ColumnKind(column.Kind), page.Data.AsSpan((int)column.Offset, (int)column.Size));
    }

    /// <summary>The JSON as text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Json);
}

/// <summary>A selected value: a string without its quotes and unescaped, anything else as it was written.</summary>
public readonly ref struct Value
{
    internal Value(ColumnKind kind, ReadOnlySpan<byte> bytes)
    {
        Kind = kind;
        Bytes = bytes;
    }

    /// <summary>What it is.</summary>
    public ColumnKind Kind { get; }

    /// <summary>The bytes, UTF-8.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>Whether the event does not have it.</summary>
    public bool IsAbsent => Kind == ColumnKind.Absent;

    /// <summary>Whether the JSON says null.</summary>
    public bool IsNull => Kind == ColumnKind.Null;

    /// <summary>Whether it is true.</summary>
    public bool IsTrue => Kind == ColumnKind.Bool && Bytes.SequenceEqual("true"u8);

    /// <summary>A number, or one in a string, as the API writes ids.</summary>
    public bool TryParse<T>(out T? value) where T : IUtf8SpanParsable<T> =>
        T.TryParse(Bytes, System.Globalization.CultureInfo.InvariantCulture, out value);

    /// <summary>The text.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Bytes);
}

/// <summary>One event or notice that may be kept. It holds on to the bytes of the batch that it came in.</summary>
public sealed class Event
{
    private readonly Page page;
    private readonly int index;

    internal Event(Page page, int index) => (this.page, this.index) = (page, index);

    /// <summary>The event as a record.</summary>
    public Record Record => new(page, index);

    /// <inheritdoc cref="Record.Position"/>
    public ulong Position => Record.Position;

    /// <inheritdoc cref="Record.Kind"/>
    public Kind Kind => Record.Kind;

    /// <inheritdoc cref="Record.IsNotice"/>
    public bool IsNotice => Record.IsNotice;

    /// <inheritdoc cref="Record.Id"/>
    public ulong Id => Record.Id;

    /// <inheritdoc cref="Record.Key"/>
    public (ulong, ulong) Key => Record.Key;

    /// <inheritdoc cref="Record.Time"/>
    public DateTimeOffset? Time => Record.Time;

    /// <inheritdoc cref="Record.Flags"/>
    public RecordFlags Flags => Record.Flags;

    /// <inheritdoc cref="Record.Partition"/>
    public uint Partition => Record.Partition;

    /// <inheritdoc cref="Record.Json"/>
    public ReadOnlyMemory<byte> Json => page.Data.AsMemory((int)page.Records[index].JsonOffset, (int)page.Records[index].JsonSize);

    /// <inheritdoc cref="Record.Selected"/>
    public Value Selected(int index) => Record.Selected(index);

    /// <summary>The JSON, read.</summary>
    public JsonDocument Parse() => JsonDocument.Parse(Json);

    /// <summary>The JSON as a value.</summary>
    public T? Deserialize<T>(JsonTypeInfo<T> type) => JsonSerializer.Deserialize(Json.Span, type);

    /// <summary>The JSON as text.</summary>
    public override string ToString() => Record.ToString();
}

namespace Rig.Streams.Sources;

/// <summary>One scheme of the <c>source</c> text. Adding a scheme is adding such a class and giving it to a <see cref="SourceRegistry"/>.</summary>
public interface ISourceScheme
{
    /// <summary>The names before the colon, lower case: <c>test</c>, or <c>rtsp</c> and <c>rtsps</c>.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>How it is written, for the message about an unknown scheme: <c>test:1280x720@30</c>.</summary>
    string Example { get; }

    /// <summary>Checks the text and makes the source; starts nothing.</summary>
    /// <exception cref="SourceException">The text is wrong; the message lists what is allowed.</exception>
    ISource Create(SourceUri uri, SourceContext context);
}

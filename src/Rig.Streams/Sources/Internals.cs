using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Rig.Streams.Tests")]
